package org.tunic.ledger.consensus;

/**
 * The median times of the chain that a block stands on.
 *
 * <p>Threads: that of the chain.
 */
@FunctionalInterface
public interface MedianTimes {
  /** Median of the eleven blocks up to {@code height}, in seconds since 1970. */
  long at(int height);
}
