package org.tunic.crypto.kdf;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.secret.SecretBytes;

/**
 * HMAC-SHA256 and HKDF over it, as ntor uses them.
 *
 * <p>Spec: tor-spec/setting-circuit-keys#kdf-rfc5869, RFC 5869
 *
 * <p>Threads: any, because it has no state.
 */
public final class Hkdf {
  private static final int BLOCK = 32;

  private Hkdf() {}

  /** HMAC-SHA256 of {@code message} under {@code key} (not empty), 32 bytes. */
  public static byte[] hmacSha256(byte[] key, byte[] message) {
    return mac(key).doFinal(message);
  }

  /**
   * Extract and expand in one: HKDF(salt, secret, info), {@code length} bytes for the caller to
   * own.
   */
  public static SecretBytes derive(byte[] salt, byte[] secret, byte[] info, int length) {
    byte[] prk = hmacSha256(salt, secret);
    try {
      return expand(prk, info, length);
    } finally {
      SecretBytes.wipe(prk);
    }
  }

  /**
   * HKDF-Expand: K_1 = H(info | 01), K_{i+1} = H(K_i | info | i + 1).
   *
   * @param prk the seed, at least 32 bytes; the caller still has to wipe it
   * @param length at most 8160 bytes
   */
  public static SecretBytes expand(byte[] prk, byte[] info, int length) {
    if (length < 0 || length > 255 * BLOCK) {
      throw new IllegalArgumentException("HKDF yields at most 8160 bytes");
    }
    Mac mac = mac(prk);
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int i = 0; i * BLOCK < length; i++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) (i + 1));
      SecretBytes.wipe(block);
      block = mac.doFinal();
      System.arraycopy(block, 0, out, i * BLOCK, Math.min(BLOCK, length - i * BLOCK));
    }
    SecretBytes.wipe(block);
    return SecretBytes.takeOwnership(out);
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has HmacSHA256", e);
    }
  }
}
