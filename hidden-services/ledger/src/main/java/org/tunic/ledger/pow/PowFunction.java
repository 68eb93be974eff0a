package org.tunic.ledger.pow;

import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * What the work on a header is measured by.
 *
 * <p>Threads: any; a {@link Grinder} belongs to one.
 */
public interface PowFunction {
  /** Tries one nonce after another; keeps what they share. */
  @FunctionalInterface
  interface Grinder {
    /** The number of {@code header}. */
    Hash256 hash(BlockHeader header);
  }

  /** The number of {@code header}, 32 bytes, little-endian. */
  Hash256 hash(BlockHeader header);

  /** For many headers upon {@code previous}. */
  Grinder grinder(Hash256 previous);

  /**
   * Whether a peer that sends headers makes us work noticeably: then all that is cheap is checked
   * before, and how often it is computed has a bound.
   */
  boolean isExpensive();
}
