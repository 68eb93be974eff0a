package org.tunic.directory.linkspec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** Lists of link specifiers: what is read is written the same. */
class LinkSpecifierFuzz extends ParserFuzz {
  LinkSpecifierFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    ByteReader in = new ByteReader(input);
    List<LinkSpecifier> read = LinkSpecifier.decodeList(in);
    ByteWriter out = new ByteWriter();
    LinkSpecifier.encodeList(read, out);
    assertEquals(Bytes.copyOf(input, 0, input.length - in.remaining()), out.toBytes());
  }
}
