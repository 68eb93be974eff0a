package org.tunic.crypto.secret;

import java.security.MessageDigest;

/**
 * Comparisons that take the same time wherever the inputs differ.
 *
 * <p>The lengths are not hidden. MACs, digests, cookies and keys are compared here and nowhere
 * else.
 *
 * <p>Threads: any, because it has no state.
 */
public final class ConstantTime {
  private ConstantTime() {}

  /** Whether both have the same length and contents. */
  public static boolean equals(byte[] a, byte[] b) {
    return MessageDigest.isEqual(a, b);
  }

  /**
   * Whether {@code length} bytes of {@code a} and of {@code b} from the given offsets are equal.
   */
  public static boolean equals(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    int difference = 0;
    for (int i = 0; i < length; i++) {
      difference |= a[aOffset + i] ^ b[bOffset + i];
    }
    return difference == 0;
  }

  /** Whether every byte is zero. */
  public static boolean isZero(byte[] a) {
    int bits = 0;
    for (byte b : a) {
      bits |= b;
    }
    return bits == 0;
  }
}
