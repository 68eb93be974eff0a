package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.testing.ParserFuzz;

/**
 * Bodies of directory answers: the first byte is the coding, the rest the body. What comes out is
 * never longer than allowed.
 */
class ContentCodingFuzz extends ParserFuzz {
  private static final ContentCoding[] CODINGS = ContentCoding.values();
  private static final int MAX_BYTES = 1 << 20;

  /** Compressing is slow, and long bodies would tell nothing more. */
  private static final int MAX_ENCODED_BYTES = 2000;

  ContentCodingFuzz() {
    super(DirFetchException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    ContentCoding coding = CODINGS[(input[0] & 0xff) % CODINGS.length];
    byte[] body = Bytes.copyOf(input, 1, input.length - 1).toArray();
    Bytes plain = coding.decode(body, MAX_BYTES);
    assertTrue(plain.length() <= MAX_BYTES);
    if (plain.length() <= MAX_ENCODED_BYTES) {
      assertEquals(plain, coding.encode(plain).length() == 0 ? Bytes.EMPTY : again(coding, plain));
    }
  }

  private static Bytes again(ContentCoding coding, Bytes plain) throws DirFetchException {
    return coding.decode(coding.encode(plain).toArray(), MAX_BYTES);
  }
}
