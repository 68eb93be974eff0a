package org.tunic.directory.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: the delays grow at random up to three times the one before
 * ("decorrelated jitter"), as C tor's do, between a floor and a ceiling.
 *
 * <p>Spec: dir-spec/client-operation ("retrying failed downloads"). Threads: immutable.
 *
 * @param floor shortest delay; never so short that a failing network keeps us spinning
 * @param ceiling longest delay
 */
public record RetrySchedule(Duration floor, Duration ceiling) {
  /** For ordinary networks. */
  public static final RetrySchedule NORMAL =
      new RetrySchedule(Duration.ofSeconds(1), Duration.ofMinutes(30));

  /**
   * For testing networks, whose download schedules start at 0 and whose consensuses live seconds.
   */
  public static final RetrySchedule TESTING =
      new RetrySchedule(Duration.ofSeconds(1), Duration.ofSeconds(3));

  /** Refuses a floor of nothing. */
  public RetrySchedule {
    if (floor.toMillis() < 1 || ceiling.compareTo(floor) < 0) {
      throw new IllegalArgumentException("floor must be positive and at most the ceiling");
    }
  }

  /** The delay after one of {@code last}; {@link Duration#ZERO} if there was none. */
  Duration next(Duration last, RandomGenerator random) {
    long low = floor.toMillis();
    long high = Math.max(low + 1, Math.min(ceiling.toMillis(), 3 * last.toMillis()));
    return Duration.ofMillis(random.nextLong(low, high + 1));
  }
}
