package org.tunic.crypto.key;

import java.util.HexFormat;

/**
 * Arithmetic modulo the order L = 2^252 + c of the Ed25519 base point, in constant time.
 *
 * <p>Numbers are little-endian bytes outside and signed limbs of 21 bits inside. 252 is 12 limbs
 * exactly, so limb 12 and above fold down by 2^252 = -c (mod L), whose limbs are {@link #FOLD}.
 * Limbs stay below 2^44 between folds: 6 products of 21 by 20 bits. The last two steps carry by
 * floor, not to nearest: then the number lies in [-2^251 - 2^146, 2^251 + 2^146], one more fold by
 * its sign bit makes it the canonical one in [0, L).
 *
 * <p>Spec: RFC 8032 section 5.1
 *
 * <p>Threads: any, because it has no state.
 */
final class EdwardsScalar {
  /** Bytes of a reduced scalar. */
  static final int LENGTH = 32;

  private static final int LIMB_BITS = 21;
  private static final int LIMBS = 12;
  private static final long MASK = (1L << LIMB_BITS) - 1;

  /** -c in balanced limbs: L = 2^252 + 27742317777372353535851937790883648493. */
  private static final long[] FOLD = {666643, 470296, 654183, -997805, 136657, -683901};

  /** L, big-endian as people read it. */
  private static final String ORDER =
      "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

  private EdwardsScalar() {}

  /** L itself, 32 bytes. */
  static byte[] order() {
    byte[] order = HexFormat.of().parseHex(ORDER);
    for (int i = 0; i < LENGTH / 2; i++) {
      byte high = order[i];
      order[i] = order[LENGTH - 1 - i];
      order[LENGTH - 1 - i] = high;
    }
    return order;
  }

  /** {@code wide} (64 bytes, such as a SHA-512) modulo L, 32 bytes. */
  static byte[] reduce(byte[] wide) {
    return store(fold(load(wide, 2 * LIMBS)));
  }

  /** {@code a * b + c} modulo L; each is 32 bytes and any number below 2^256. */
  static byte[] multiplyAdd(byte[] a, byte[] b, byte[] c) {
    long[] x = load(a, LIMBS);
    long[] y = load(b, LIMBS);
    long[] z = load(c, LIMBS);
    long[] sum = new long[2 * LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      sum[i] += z[i];
      for (int j = 0; j < LIMBS; j++) {
        sum[i + j] += x[i] * y[j];
      }
    }
    carryToNearest(sum, 0, 2 * LIMBS - 1);
    return store(fold(sum));
  }

  /** Folds 24 limbs into the 12 of the canonical remainder. */
  private static long[] fold(long[] s) {
    foldLimbs(s, 2 * LIMBS - 1, LIMBS + 6);
    carryToNearest(s, 6, LIMBS + 5);
    foldLimbs(s, LIMBS + 5, LIMBS);
    carryToNearest(s, 0, LIMBS);
    foldLimbs(s, LIMBS, LIMBS);
    carryDown(s, LIMBS);
    foldLimbs(s, LIMBS, LIMBS);
    carryDown(s, LIMBS - 1);
    return s;
  }

  private static void foldLimbs(long[] s, int highest, int lowest) {
    for (int i = highest; i >= lowest; i--) {
      for (int j = 0; j < FOLD.length; j++) {
        s[i - LIMBS + j] += s[i] * FOLD[j];
      }
      s[i] = 0;
    }
  }

  /**
   * Leaves limbs {@code from} to {@code to - 1} within half a limb of zero, the rest in {@code to}.
   */
  private static void carryToNearest(long[] s, int from, int to) {
    for (int i = from; i < to; i++) {
      long carry = (s[i] + (1L << (LIMB_BITS - 1))) >> LIMB_BITS;
      s[i + 1] += carry;
      s[i] -= carry << LIMB_BITS;
    }
  }

  /** Leaves limbs 0 to {@code to - 1} in [0, 2^21), the rest in {@code to}. */
  private static void carryDown(long[] s, int to) {
    for (int i = 0; i < to; i++) {
      s[i + 1] += s[i] >> LIMB_BITS;
      s[i] &= MASK;
    }
  }

  /** The last limb takes all bits that are left. */
  private static long[] load(byte[] bytes, int limbs) {
    long[] out = new long[limbs];
    for (int bit = 0; bit < 8 * bytes.length; bit += 8) {
      long b = bytes[bit / 8] & 0xffL;
      int limb = Math.min(bit / LIMB_BITS, limbs - 1);
      int shift = bit - limb * LIMB_BITS;
      out[limb] |= b << shift;
      if (limb < limbs - 1 && shift + 8 > LIMB_BITS) {
        out[limb + 1] |= out[limb] >>> LIMB_BITS;
        out[limb] &= MASK;
      }
    }
    return out;
  }

  private static byte[] store(long[] s) {
    byte[] out = new byte[LENGTH];
    for (int bit = 0; bit < 8 * LENGTH; bit += 8) {
      int limb = Math.min(bit / LIMB_BITS, LIMBS - 1);
      int shift = bit - limb * LIMB_BITS;
      long value = s[limb] >>> shift;
      if (limb < LIMBS - 1 && shift + 8 > LIMB_BITS) {
        value |= s[limb + 1] << (LIMB_BITS - shift);
      }
      out[bit / 8] = (byte) value;
    }
    return out;
  }
}
