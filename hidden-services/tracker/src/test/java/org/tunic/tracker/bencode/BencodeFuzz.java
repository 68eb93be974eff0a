package org.tunic.tracker.bencode;

import java.util.Arrays;
import org.tunic.testing.ParserFuzz;
import org.tunic.tracker.bencode.Bencode.Limits;

/** Bencoding: what is read is the only way to write it. */
class BencodeFuzz extends ParserFuzz {
  BencodeFuzz() {
    super(BencodeException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    BencodeValue value = Bencode.read(input, Limits.SMALL);
    if (!Arrays.equals(new BencodeWriter(16).value(value).toArray(), input)) {
      throw new AssertionError("read what would be written in another way");
    }
  }
}
