package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/** What an application sends to a SOCKS port: however it is cut, the parser says the same. */
class SocksFuzz extends ParserFuzz {
  SocksFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertEquals(
        SocksParserPropertyTest.outcome(input, new SeededRandom(1)),
        SocksParserPropertyTest.outcome(input, new SeededRandom(Arrays.hashCode(input))));
  }
}
