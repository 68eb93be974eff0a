package org.tunic.crypto.kdf;

import java.security.MessageDigest;
import java.util.Arrays;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.secret.SecretBytes;

/**
 * KDF-TOR: K = SHA1(K0 | 00) | SHA1(K0 | 01) | SHA1(K0 | 02) | …
 *
 * <p>Spec: tor-spec/setting-circuit-keys#kdf-tor
 *
 * <p>Threads: any, because it has no state.
 */
public final class KdfTor {
  private static final int BLOCK = 20;

  private KdfTor() {}

  /**
   * Derives {@code length} bytes, at most 5120, from {@code k0}; the caller owns the result.
   *
   * @param k0 the shared secret, such as X | Y of CREATE_FAST; the caller still has to wipe it
   */
  public static SecretBytes derive(byte[] k0, int length) {
    if (length < 0 || length > 256 * BLOCK) {
      throw new IllegalArgumentException("KDF-TOR yields at most 5120 bytes");
    }
    byte[] out = new byte[length];
    MessageDigest sha1 = Sha.newSha1();
    for (int i = 0; i * BLOCK < length; i++) {
      sha1.update(k0);
      sha1.update((byte) i);
      byte[] block = sha1.digest();
      System.arraycopy(block, 0, out, i * BLOCK, Math.min(BLOCK, length - i * BLOCK));
      Arrays.fill(block, (byte) 0);
    }
    return SecretBytes.takeOwnership(out);
  }
}
