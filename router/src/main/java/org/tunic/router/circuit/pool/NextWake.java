package org.tunic.router.circuit.pool;

import java.time.Duration;

/**
 * The least of several delays, found while looking at what is due.
 *
 * <p>Threads: one at a time, its owner's.
 */
final class NextWake {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final long nowNanos;
  private long waitNanos = LONGEST.toNanos();

  /** Nothing is due for a minute. */
  NextWake(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  /** The time of looking, on the monotonic clock. */
  long nowNanos() {
    return nowNanos;
  }

  /** Something is due at this time of the monotonic clock. */
  void at(long nanos) {
    within(nanos - nowNanos);
  }

  /** Something is due in so many nanoseconds. */
  void within(long nanos) {
    waitNanos = Math.clamp(nanos, 0, waitNanos);
  }

  /** Nanoseconds to wait at most, not negative. */
  long waitNanos() {
    return waitNanos;
  }
}
