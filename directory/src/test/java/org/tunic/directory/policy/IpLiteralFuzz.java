package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.testing.ParserFuzz;

/** Addresses in text: what is read is written so that it reads the same. */
class IpLiteralFuzz extends ParserFuzz {
  IpLiteralFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    IpLiteral.parseAddress(text)
        .ifPresent(
            read ->
                assertEquals(read, IpLiteral.parseAddress(IpLiteral.format(read)).orElseThrow()));
    RelayAddress.parse(text)
        .ifPresent(read -> assertEquals(read, RelayAddress.parse(read.unredacted()).orElseThrow()));
  }
}
