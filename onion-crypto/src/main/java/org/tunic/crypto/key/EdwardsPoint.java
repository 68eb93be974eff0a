package org.tunic.crypto.key;

import org.bouncycastle.math.ec.rfc7748.X25519Field;
import org.jspecify.annotations.Nullable;

/**
 * A point of the Ed25519 curve, -x^2 + y^2 = 1 + d x^2 y^2, in extended coordinates (X : Y : Z :
 * T).
 *
 * <p>Bouncy Castle signs from a seed only and keeps its point arithmetic private. Tor also signs
 * with expanded and blinded secrets, certifies curve25519 keys by their Edwards form and multiplies
 * foreign points, so the group law is here, over Bouncy Castle's public field arithmetic. Addition
 * and doubling are the complete formulas for a = -1 (Hisil, Wong, Carter, Dawson 2008), so no input
 * is special.
 *
 * <p>Secret scalars are handled in constant time: {@link #multiplyBase} walks a comb of 4 teeth
 * with 64 doublings and 64 additions, {@link #multiply} windows of 4 bits with 252 and 64, and both
 * read their table of 16 points in full. Decoding is variable in time and for public points.
 *
 * <p>Spec: RFC 8032 section 5.1
 *
 * <p>Threads: immutable.
 */
final class EdwardsPoint {
  /** Bytes of an encoded point. */
  static final int LENGTH = 32;

  private static final int TABLE = 16;
  private static final int[] D = curveConstant();
  private static final int[] D2 = sum(D, D);
  private static final EdwardsPoint NEUTRAL = new EdwardsPoint(zero(), one(), one(), zero());
  private static final EdwardsPoint BASE = base();

  /** Entry i is the sum of 2^(64 k) B over the bits k of i. */
  private static final EdwardsPoint[] COMB = comb();

  private final int[] x;
  private final int[] y;
  private final int[] z;
  private final int[] t;

  private EdwardsPoint(int[] x, int[] y, int[] z, int[] t) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.t = t;
  }

  /** {@code scalar} times the base point. {@code scalar}: 32 bytes, little-endian, any value. */
  static EdwardsPoint multiplyBase(byte[] scalar) {
    EdwardsPoint sum = NEUTRAL;
    for (int i = 63; i >= 0; i--) {
      int index = 0;
      for (int tooth = 0; tooth < 4; tooth++) {
        index |= bit(scalar, 64 * tooth + i) << tooth;
      }
      sum = sum.twice().plus(select(COMB, index));
    }
    return sum;
  }

  /** {@code scalar} times this point. {@code scalar}: 32 bytes, little-endian, any value. */
  EdwardsPoint multiply(byte[] scalar) {
    EdwardsPoint[] multiples = new EdwardsPoint[TABLE];
    multiples[0] = NEUTRAL;
    for (int i = 1; i < TABLE; i++) {
      multiples[i] = multiples[i - 1].plus(this);
    }
    EdwardsPoint sum = NEUTRAL;
    for (int i = 63; i >= 0; i--) {
      int window = (scalar[i / 2] >>> (4 * (i & 1))) & (TABLE - 1);
      sum = sum.twice().twice().twice().twice().plus(select(multiples, window));
    }
    return sum;
  }

  EdwardsPoint plus(EdwardsPoint q) {
    int[] a = product(difference(y, x), difference(q.y, q.x));
    int[] b = product(sum(y, x), sum(q.y, q.x));
    int[] c = product(product(t, q.t), D2);
    int[] zz = product(z, q.z);
    int[] d = sum(zz, zz);
    return ofFactors(difference(b, a), difference(d, c), sum(d, c), sum(b, a));
  }

  EdwardsPoint twice() {
    int[] a = product(x, x);
    int[] b = product(y, y);
    int[] zz = product(z, z);
    int[] xy = sum(x, y);
    int[] h = sum(a, b);
    int[] e = difference(h, product(xy, xy));
    int[] g = difference(a, b);
    int[] f = sum(sum(zz, zz), g);
    return ofFactors(e, f, g, h);
  }

  /** Whether this is the neutral point, (0, 1). Variable time. */
  boolean isNeutral() {
    int[] xs = x.clone();
    X25519Field.normalize(xs);
    int[] ratio = difference(y, z);
    X25519Field.normalize(ratio);
    return X25519Field.isZeroVar(xs) && X25519Field.isZeroVar(ratio);
  }

  /** Writes x and y of the affine point; for points that are not secret. */
  void affine(int[] outX, int[] outY) {
    int[] inverse = X25519Field.create();
    X25519Field.inv(z, inverse);
    X25519Field.mul(x, inverse, outX);
    X25519Field.mul(y, inverse, outY);
  }

  /** Writes the curve's constant d times {@code a}. */
  static void timesD(int[] a, int[] out) {
    X25519Field.mul(a, D, out);
  }

  /** The 32-byte encoding: y, and the lowest bit of x on top. */
  byte[] encode() {
    int[] inverse = X25519Field.create();
    X25519Field.inv(z, inverse);
    int[] affineX = product(x, inverse);
    int[] affineY = product(y, inverse);
    X25519Field.normalize(affineX);
    X25519Field.normalize(affineY);
    byte[] out = new byte[LENGTH];
    X25519Field.encode(affineY, out);
    out[LENGTH - 1] |= (byte) ((affineX[0] & 1) << 7);
    return out;
  }

  /** The point encoded in 32 bytes, or null if there is none. Variable time. */
  static @Nullable EdwardsPoint decode(byte[] encoded) {
    byte[] withoutSign = encoded.clone();
    withoutSign[LENGTH - 1] &= 0x7f;
    int[] y = X25519Field.create();
    X25519Field.decode255(withoutSign, y);
    return fromY(y, (encoded[LENGTH - 1] >>> 7) & 1);
  }

  /**
   * The y coordinate, encoded with sign bit zero, of the Edwards form of a curve25519 public key:
   * (u - 1) / (u + 1).
   */
  static byte[] yOfMontgomery(byte[] u) {
    byte[] masked = u.clone();
    masked[LENGTH - 1] &= 0x7f;
    int[] point = X25519Field.create();
    X25519Field.decode255(masked, point);
    int[] inverse = X25519Field.create();
    X25519Field.inv(sum(point, one()), inverse);
    int[] y = product(difference(point, one()), inverse);
    X25519Field.normalize(y);
    byte[] out = new byte[LENGTH];
    X25519Field.encode(y, out);
    return out;
  }

  private static @Nullable EdwardsPoint fromY(int[] y, int sign) {
    int[] yy = product(y, y);
    int[] x = X25519Field.create();
    int[] divisor = sum(product(D, yy), one());
    if (!X25519Field.sqrtRatioVar(difference(yy, one()), divisor, x)) {
      return null;
    }
    X25519Field.normalize(x);
    if (sign == 1 && X25519Field.isZeroVar(x)) {
      return null;
    }
    if ((x[0] & 1) != sign) {
      x = difference(zero(), x);
    }
    return new EdwardsPoint(x, y, one(), product(x, y));
  }

  private static EdwardsPoint ofFactors(int[] e, int[] f, int[] g, int[] h) {
    return new EdwardsPoint(product(e, f), product(g, h), product(f, g), product(e, h));
  }

  /** Reads every entry, so that neither time nor cache tells the index. */
  private static EdwardsPoint select(EdwardsPoint[] table, int index) {
    EdwardsPoint out = new EdwardsPoint(zero(), zero(), zero(), zero());
    for (int i = 0; i < table.length; i++) {
      int mask = ((i ^ index) - 1) >> 31;
      X25519Field.cmov(mask, table[i].x, 0, out.x, 0);
      X25519Field.cmov(mask, table[i].y, 0, out.y, 0);
      X25519Field.cmov(mask, table[i].z, 0, out.z, 0);
      X25519Field.cmov(mask, table[i].t, 0, out.t, 0);
    }
    return out;
  }

  private static int bit(byte[] scalar, int index) {
    return (scalar[index >>> 3] >>> (index & 7)) & 1;
  }

  private static EdwardsPoint[] comb() {
    EdwardsPoint[] table = new EdwardsPoint[TABLE];
    table[0] = NEUTRAL;
    EdwardsPoint tooth = BASE;
    for (int bit = 1; bit < TABLE; bit <<= 1) {
      for (int i = 0; i < bit; i++) {
        table[bit + i] = table[i].plus(tooth);
      }
      for (int i = 0; i < 64; i++) {
        tooth = tooth.twice();
      }
    }
    return table;
  }

  /** y = 4/5 and an even x. */
  private static EdwardsPoint base() {
    int[] inverse = X25519Field.create();
    X25519Field.inv(small(5), inverse);
    EdwardsPoint point = fromY(product(small(4), inverse), 0);
    if (point == null) {
      throw new ExceptionInInitializerError("the base point is on the curve");
    }
    return point;
  }

  /** -121665/121666. */
  private static int[] curveConstant() {
    int[] inverse = X25519Field.create();
    X25519Field.inv(small(121666), inverse);
    return product(difference(zero(), small(121665)), inverse);
  }

  private static int[] product(int[] a, int[] b) {
    int[] out = X25519Field.create();
    X25519Field.mul(a, b, out);
    return out;
  }

  /** Carried at once, so that sums of sums stay within what the field's product accepts. */
  private static int[] sum(int[] a, int[] b) {
    int[] out = X25519Field.create();
    X25519Field.add(a, b, out);
    X25519Field.carry(out);
    return out;
  }

  private static int[] difference(int[] a, int[] b) {
    int[] out = X25519Field.create();
    X25519Field.sub(a, b, out);
    X25519Field.carry(out);
    return out;
  }

  private static int[] small(int value) {
    int[] out = zero();
    out[0] = value;
    return out;
  }

  private static int[] zero() {
    return X25519Field.create();
  }

  private static int[] one() {
    return small(1);
  }
}
