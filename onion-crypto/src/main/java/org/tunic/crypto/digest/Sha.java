package org.tunic.crypto.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA digests of the concatenation of byte strings.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Sha {
  private Sha() {}

  /** SHA-1, 20 bytes. */
  public static byte[] sha1(byte[]... parts) {
    return of(newSha1(), parts);
  }

  /** SHA-256, 32 bytes. */
  public static byte[] sha256(byte[]... parts) {
    return of(newSha256(), parts);
  }

  /** SHA-512, 64 bytes. */
  public static byte[] sha512(byte[]... parts) {
    return of(digest("SHA-512"), parts);
  }

  /** SHA3-256, 32 bytes. */
  public static byte[] sha3(byte[]... parts) {
    return of(newSha3(), parts);
  }

  /** A running SHA-1 of the JDK; can be cloned. */
  public static MessageDigest newSha1() {
    return digest("SHA-1");
  }

  /** A running SHA-256 of the JDK; can be cloned. */
  public static MessageDigest newSha256() {
    return digest("SHA-256");
  }

  /** A running SHA3-256 of the JDK; can be cloned. */
  public static MessageDigest newSha3() {
    return digest("SHA3-256");
  }

  private static byte[] of(MessageDigest digest, byte[]... parts) {
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has " + algorithm, e);
    }
  }
}
