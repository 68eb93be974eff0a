package org.tunic.ledger.mempool;

import java.time.Duration;

/**
 * What the mempool holds at most, and what a transaction pays at least.
 *
 * <p>Threads: immutable.
 *
 * @param maxVirtualBytes of all transactions together
 * @param minFeeSatPerKvb units of 10^-8 for each 1000 virtual bytes
 * @param expiry after which one that no block took is dropped
 * @param maxFamily of ancestors, and of descendants, the transaction itself among them
 * @param requireStandard whether scripts must have a form that is known
 */
public record MempoolLimits(
    long maxVirtualBytes,
    long minFeeSatPerKvb,
    Duration expiry,
    int maxFamily,
    boolean requireStandard) {
  /** 50 MB, 1000 units for each 1000 virtual bytes, two weeks, 25. */
  public static final MempoolLimits DEFAULT =
      new MempoolLimits(50_000_000L, 1000, Duration.ofDays(14), 25, true);

  /** The fee that {@code virtualBytes} must pay. */
  long fee(long virtualBytes) {
    return minFeeSatPerKvb * virtualBytes / 1000;
  }
}
