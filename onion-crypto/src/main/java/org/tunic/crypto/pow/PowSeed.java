package org.tunic.crypto.pow;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.Bytes;

/**
 * The seed C of a service's puzzles: random, public, changed every two hours or so.
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: immutable.
 *
 * @param bytes 32 bytes
 */
public record PowSeed(Bytes bytes) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /** Bytes of {@link #head()}. */
  public static final int HEAD_LENGTH = 4;

  /** Checks the length. */
  public PowSeed {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a seed has 32 bytes");
    }
  }

  /** A new seed. */
  public static PowSeed generate(SecureRandom random) {
    byte[] seed = new byte[LENGTH];
    random.nextBytes(seed);
    return new PowSeed(Bytes.copyOf(seed));
  }

  /** The first four bytes, by which a solution says for which seed it is. */
  public Bytes head() {
    return bytes.slice(0, HEAD_LENGTH);
  }
}
