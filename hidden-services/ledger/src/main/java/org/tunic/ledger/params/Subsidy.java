package org.tunic.ledger.params;

/**
 * New coins of a block.
 *
 * <p>Threads: immutable.
 *
 * @param initialSat of the first blocks
 * @param halvingInterval blocks after which it is halved, 0 for never
 */
public record Subsidy(long initialSat, int halvingInterval) {
  /** Of the block at {@code height}. */
  public long at(int height) {
    if (halvingInterval == 0) {
      return initialSat;
    }
    int halvings = height / halvingInterval;
    return halvings >= 64 ? 0 : initialSat >> halvings;
  }
}
