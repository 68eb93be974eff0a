package org.tunic.router.guard;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a failing guard is left alone before the next try.
 *
 * <p>Spec: guard-spec (retry schedule). Threads: immutable.
 */
enum RetrySchedule {
  FIRST_HOURS(Duration.ofHours(6), Duration.ofMinutes(10), Duration.ofHours(1)),
  FIRST_DAYS(Duration.ofDays(4), Duration.ofMinutes(90), Duration.ofHours(4)),
  FIRST_WEEK(Duration.ofDays(7), Duration.ofHours(4), Duration.ofHours(18)),
  LATER(Duration.ofDays(Short.MAX_VALUE), Duration.ofHours(9), Duration.ofHours(36));

  private final Duration failingUpTo;
  private final Duration primaryDelay;
  private final Duration otherDelay;

  RetrySchedule(Duration failingUpTo, Duration primaryDelay, Duration otherDelay) {
    this.failingUpTo = failingUpTo;
    this.primaryDelay = primaryDelay;
    this.otherDelay = otherDelay;
  }

  /**
   * The delay after the last try.
   *
   * @param since the first failure in a row
   * @param primary whether the guard is a primary guard
   */
  static Duration delay(Instant since, Instant now, boolean primary) {
    Duration failing = Duration.between(since, now);
    RetrySchedule row = LATER;
    for (RetrySchedule candidate : values()) {
      if (failing.compareTo(candidate.failingUpTo) <= 0) {
        row = candidate;
        break;
      }
    }
    return primary ? row.primaryDelay : row.otherDelay;
  }
}
