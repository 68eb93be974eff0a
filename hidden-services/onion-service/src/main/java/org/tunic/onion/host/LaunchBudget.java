package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;

/**
 * How many circuits to introduction points a service may build in five minutes, as in C tor: a
 * relay that takes the service and closes the circuit at once could else have it build as many as
 * it likes, until one goes through relays of its own.
 *
 * <p>Threads: its owner's.
 */
final class LaunchBudget {
  private static final Duration PERIOD = Duration.ofMinutes(5);

  /** Points that C tor keeps beyond those that are wanted. */
  private static final int SPARE_POINTS = 2;

  /** Descriptors that are up at a time. */
  private static final int DESCRIPTORS = 2;

  private Instant renewal = Instant.MIN;
  private int taken;

  /** Whether another one may be built now, by a service that wants so many points. */
  boolean allows(int introPoints, Instant now) {
    if (!now.isBefore(renewal)) {
      renewal = now.plus(PERIOD);
      taken = 0;
    }
    return taken < max(introPoints);
  }

  static int max(int introPoints) {
    return (introPoints + SPARE_POINTS) * IntroductionPoint.MAX_CIRCUITS * DESCRIPTORS;
  }

  /** One is built. */
  void take() {
    taken++;
  }

  /** When there may be more again. */
  Instant renewal() {
    return renewal;
  }
}
