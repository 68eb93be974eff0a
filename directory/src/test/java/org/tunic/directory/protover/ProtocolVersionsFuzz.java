package org.tunic.directory.protover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.testing.ParserFuzz;

/** Lists of subprotocol versions: what is read is written so that it reads the same. */
class ProtocolVersionsFuzz extends ParserFuzz {
  ProtocolVersionsFuzz() {
    super(ProtocolSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    ProtocolVersions read = ProtocolVersions.parse(text(input));
    assertEquals(read, ProtocolVersions.parse(read.toString()));
  }
}
