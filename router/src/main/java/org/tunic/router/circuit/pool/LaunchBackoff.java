package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Slows down building when circuit after circuit fails.
 *
 * <p>A first failure or two are ordinary, and a new path usually works: no delay. From then on the
 * delay doubles from a quarter of a second to {@code NewCircuitPeriod}, after which C tor too
 * begins anew, each time spread by half, so that clients whose guard comes back do not all call at
 * once. One success ends it.
 *
 * <p>Threads: one at a time, its owner's.
 */
final class LaunchBackoff {
  private static final int FREE_FAILURES = 2;
  private static final long FIRST_DELAY_NANOS = Duration.ofMillis(250).toNanos();

  private final RandomGenerator random;
  private long longestNanos;
  private int failures;
  private long waitUntilNanos;

  LaunchBackoff(Duration longest, RandomGenerator random) {
    this.random = random;
    use(longest);
  }

  /** Another longest delay. */
  void use(Duration longest) {
    longestNanos = Math.max(longest.toNanos(), FIRST_DELAY_NANOS);
  }

  void succeeded() {
    failures = 0;
  }

  void failed(long nowNanos) {
    failures = Math.min(failures + 1, Integer.SIZE);
    if (failures > FREE_FAILURES) {
      int doublings = Math.min(failures - FREE_FAILURES - 1, 20);
      long delay = Math.min(FIRST_DELAY_NANOS << doublings, longestNanos);
      waitUntilNanos = nowNanos + delay / 2 + random.nextLong(delay);
    }
  }

  /** Nanoseconds until the next circuit may be launched, 0 if it may be now. */
  long waitNanos(long nowNanos) {
    return failures > FREE_FAILURES ? Math.max(0, waitUntilNanos - nowNanos) : 0;
  }
}
