package org.tunic.crypto.key;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.bouncycastle.math.ec.rfc7748.X25519Field;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.secret.SecretBytes;

/**
 * Searches for a key pair whose public key begins with given bits, by one thread.
 *
 * <p>From a random centre C = cB the keys (c + 8i)B and (c - 8i)B are tried for i up to {@link
 * #STEPS}: c + 8i stays a clamped scalar. Only the y coordinates are needed, and those of C + Q and
 * C - Q share their products:
 *
 * <pre>
 * a = x(C) x(Q)   b = y(C) y(Q)   e = d x(C) y(C) x(Q) y(Q)
 * y(C + Q) = (b + a)/(1 - e)      y(C - Q) = (b - a)/(1 + e)
 * </pre>
 *
 * <p>The multiples Q of 8B stand in a table; all divisors of a round are inverted together. That is
 * 5.5 products a key instead of the 3000 of a multiplication. Variable in time, for nobody watches
 * a search; what is found is checked by an ordinary multiplication.
 *
 * <p>Threads: one virtual or platform thread; the table is made for each search.
 */
public final class Ed25519KeySearch {
  /** Keys tried on each side of a centre. */
  private static final int STEPS = 256;

  /** Keys tried in a round. */
  public static final int KEYS_PER_ROUND = 2 * STEPS + 1;

  private static final int MAX_BITS = 60;

  private final long pattern;
  private final long mask;
  private final SecureRandom random;

  /** By i - 1: the coordinates of 8iB, and d times their product. */
  private final int[][] tableX = fields();

  private final int[][] tableY = fields();
  private final int[][] tableDxy = fields();

  /** By i - 1 in a round: a, b and e as above, and products of the divisors. */
  private final int[][] a = fields();

  private final int[][] b = fields();
  private final int[][] e = fields();
  private final int[][] products = fields();

  private final int[] t = X25519Field.create();
  private final int[] u = X25519Field.create();
  private final byte[] encoded = new byte[EdwardsPoint.LENGTH];

  /**
   * A search for public keys whose first {@code bits} bits are those of {@code pattern}.
   *
   * @param pattern the bits from the highest on, as a big-endian number of the first 8 bytes
   * @param bits 1 to 60
   */
  public Ed25519KeySearch(long pattern, int bits, SecureRandom random) {
    if (bits < 1 || bits > MAX_BITS) {
      throw new IllegalArgumentException("1 to 60 bits can be searched for");
    }
    this.mask = -1L << (Long.SIZE - bits);
    this.pattern = pattern & mask;
    this.random = random;
    EdwardsPoint eight = multipleOfEight(1);
    EdwardsPoint q = eight;
    for (int i = 0; i < STEPS; i++) {
      q.affine(tableX[i], tableY[i]);
      EdwardsPoint.timesD(tableX[i], tableDxy[i]);
      X25519Field.mul(tableDxy[i], tableY[i], tableDxy[i]);
      q = q.plus(eight);
    }
  }

  /**
   * Searches until a key is found or {@code progress} ends it by interrupting the thread.
   *
   * @param progress told the number of keys after each round
   * @return empty if the thread was interrupted
   */
  public Optional<Ed25519Keypair> search(LongConsumer progress) {
    byte[] scalar = new byte[EdwardsPoint.LENGTH];
    random.nextBytes(scalar);
    Ed25519Keypair.clamp(scalar);
    scalar[31] &= (byte) 0xdf; // bit 253 clear: no search reaches the end of the scalars
    EdwardsPoint centre = EdwardsPoint.multiplyBase(scalar);
    EdwardsPoint stride = multipleOfEight(KEYS_PER_ROUND);
    try {
      for (long round = 0; !Thread.currentThread().isInterrupted(); round++) {
        int found = round(centre);
        progress.accept(KEYS_PER_ROUND);
        if (found != Integer.MIN_VALUE) {
          Ed25519Keypair keys = keypair(scalar, 8 * (round * KEYS_PER_ROUND + found));
          if (keys != null) {
            return Optional.of(keys);
          }
        }
        centre = centre.plus(stride);
      }
      return Optional.empty();
    } finally {
      SecretBytes.wipe(scalar);
    }
  }

  /** The i of a key that matches; {@link Integer#MIN_VALUE} if none does. */
  private int round(EdwardsPoint centre) {
    int[] x = X25519Field.create();
    int[] y = X25519Field.create();
    int[] xy = X25519Field.create();
    centre.affine(x, y);
    X25519Field.mul(x, y, xy);
    if (matches(y)) {
      return 0;
    }
    int[] product = X25519Field.create();
    X25519Field.one(product);
    for (int i = 0; i < STEPS; i++) {
      X25519Field.mul(x, tableX[i], a[i]);
      X25519Field.mul(y, tableY[i], b[i]);
      X25519Field.mul(xy, tableDxy[i], e[i]);
      X25519Field.copy(product, 0, products[i], 0);
      X25519Field.mul(product, divisor(e[i]), product);
    }
    int[] inverse = X25519Field.create();
    X25519Field.inv(product, inverse);
    int found = Integer.MIN_VALUE;
    for (int i = STEPS - 1; i >= 0; i--) {
      // t is 1/(1 - e^2), and so (1 + e) t is 1/(1 - e) and (1 - e) t is 1/(1 + e).
      int[] divisor = divisor(e[i]);
      int[] one = X25519Field.create();
      X25519Field.mul(inverse, products[i], one);
      X25519Field.mul(inverse, divisor, inverse);
      if (matches(quotient(a[i], b[i], e[i], one, true))) {
        found = i + 1;
      } else if (matches(quotient(a[i], b[i], e[i], one, false))) {
        found = -(i + 1);
      }
    }
    return found;
  }

  /** 1 - e^2, in {@link #t}. */
  private int[] divisor(int[] e) {
    X25519Field.sqr(e, t);
    X25519Field.negate(t, t);
    X25519Field.addOne(t);
    X25519Field.carry(t);
    return t;
  }

  private int[] quotient(int[] a, int[] b, int[] e, int[] inverse, boolean plus) {
    X25519Field.copy(e, 0, t, 0);
    if (!plus) {
      X25519Field.negate(t, t);
    }
    X25519Field.addOne(t);
    X25519Field.carry(t);
    X25519Field.mul(t, inverse, t);
    if (plus) {
      X25519Field.add(b, a, u);
    } else {
      X25519Field.sub(b, a, u);
    }
    X25519Field.carry(u);
    X25519Field.mul(u, t, u);
    return u;
  }

  private boolean matches(int[] y) {
    X25519Field.copy(y, 0, t, 0);
    X25519Field.normalize(t);
    X25519Field.encode(t, encoded);
    long first = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      first = first << 8 | (encoded[i] & 0xff);
    }
    return (first & mask) == pattern;
  }

  private @Nullable Ed25519Keypair keypair(byte[] start, long offset) {
    byte[] expanded = new byte[Ed25519Keypair.EXPANDED_LENGTH];
    random.nextBytes(expanded); // the nonce half; the scalar is written over the first
    long carry = offset;
    for (int i = 0; i < start.length; i++) {
      carry += start[i] & 0xff;
      expanded[i] = (byte) carry;
      carry >>= 8;
    }
    try {
      Ed25519Keypair keys = Ed25519Keypair.fromExpanded(expanded);
      long first = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        first = first << 8 | keys.identity().bytes().at(i);
      }
      if ((first & mask) == pattern) {
        return keys;
      }
      keys.close();
      return null;
    } catch (MalformedException e) {
      throw new IllegalStateException("8 added to a clamped scalar leaves it clamped", e);
    } finally {
      SecretBytes.wipe(expanded);
    }
  }

  private static EdwardsPoint multipleOfEight(int factor) {
    byte[] scalar = new byte[EdwardsPoint.LENGTH];
    scalar[0] = (byte) (8 * factor);
    scalar[1] = (byte) ((8 * factor) >>> 8);
    return EdwardsPoint.multiplyBase(scalar);
  }

  private static int[][] fields() {
    int[][] fields = new int[STEPS][];
    Arrays.setAll(fields, i -> X25519Field.create());
    return fields;
  }
}
