package org.tunic.router.circuit;

/**
 * How long an onion skin takes to be answered, from those that were.
 *
 * <p>As in C tor: 1 ms until {@link #ENOUGH} are measured, then their mean, in which the weight of
 * the past is halved from time to time. Left out are handshakes that failed, so that nobody
 * shortens the estimate by onion skins that are quickly refused, and those that took longer than
 * any handshake can: their thread did not run.
 *
 * <p>Threads: guarded by its owner's lock.
 */
final class OnionSkinTimes {
  /** Onion skins measured before they count. */
  static final int ENOUGH = 100;

  /** When so many are measured, their weight is halved. */
  static final int MOST = 500_000;

  /** What is assumed before, in nanoseconds. */
  static final long ASSUMED_NANOS = 1_000_000;

  /** Nanoseconds from which on a measurement is not believed. */
  static final long MOST_BELIEVED_NANOS = 2_000_000_000;

  private long measured;
  private long sumNanos;

  /** An onion skin was answered, after so long. */
  void answered(long nanos) {
    if (nanos >= MOST_BELIEVED_NANOS) {
      return;
    }
    measured++;
    sumNanos += nanos;
    if (measured >= MOST) {
      measured /= 2;
      sumNanos /= 2;
    }
  }

  /** How long each onion skin takes. */
  long meanNanos() {
    return measured < ENOUGH ? ASSUMED_NANOS : sumNanos / measured;
  }
}
