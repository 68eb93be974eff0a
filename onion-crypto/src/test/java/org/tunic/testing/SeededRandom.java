package org.tunic.testing;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/**
 * A generator that repeats itself: the same seed, the same numbers. INSECURE; it is a {@link
 * SecureRandom} by type only, so that code which makes keys can be tested.
 *
 * <p>Put {@link #toString()} into failure messages: it tells the seed.
 *
 * <p>Threads: any, but the order of numbers is repeatable in one only.
 */
public final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final transient SplittableRandom numbers;

  /** A generator that starts from {@code seed}. */
  public SeededRandom(long seed) {
    super(null, null);
    this.seed = seed;
    this.numbers = new SplittableRandom(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    synchronized (this) {
      numbers.nextBytes(bytes);
    }
  }

  /** {@code length} random bytes. */
  public byte[] bytes(int length) {
    byte[] out = new byte[length];
    nextBytes(out);
    return out;
  }

  @Override
  public String getAlgorithm() {
    return "insecure, seeded";
  }

  @Override
  public String toString() {
    return "seed " + seed;
  }
}
