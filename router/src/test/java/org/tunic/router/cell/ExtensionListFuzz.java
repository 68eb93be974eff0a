package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** Lists of handshake extensions: what is read is written the same. */
class ExtensionListFuzz extends ParserFuzz {
  ExtensionListFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    ByteReader in = new ByteReader(input);
    ExtensionList read = ExtensionList.decode(in);
    assertEquals(Bytes.copyOf(input, 0, input.length - in.remaining()), read.encode());
  }
}
