package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/**
 * The files of client authorisation and onion addresses. The first byte says which: an address, a
 * {@code .auth} or a {@code .auth_private} file. What is read is written so that it reads the same.
 */
class HsClientAuthFuzz extends ParserFuzz {
  private static final int KINDS = 3;

  HsClientAuthFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    String text = text(Arrays.copyOfRange(input, 1, input.length));
    switch ((input[0] & 0xff) % KINDS) {
      case 0 -> {
        HsId id = HsId.parse(text);
        assertEquals(id, HsId.parse(id.unredactedHost()));
      }
      case 1 -> {
        HsClientPublicKey key = HsClientPublicKey.parseAuthFile(text);
        assertEquals(key, HsClientPublicKey.parseAuthFile(key.authFile()));
      }
      default -> privateFile(text);
    }
  }

  private static void privateFile(String text) throws MalformedException {
    try (HsClientKeypair.ForService read = HsClientKeypair.parsePrivateFile(text);
        HsClientKeypair.ForService again =
            HsClientKeypair.parsePrivateFile(read.keypair().privateFile(read.service()))) {
      assertEquals(read.service(), again.service());
      assertArrayEquals(read.keypair().secret().borrow(), again.keypair().secret().borrow());
    }
  }
}
