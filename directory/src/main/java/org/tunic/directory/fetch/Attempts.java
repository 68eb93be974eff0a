package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The tries for one kind of document: how many are under way, and when the next may start.
 *
 * <p>Threads: the fetcher's virtual thread.
 */
final class Attempts {
  private final RetrySchedule schedule;
  private final RandomGenerator random;
  private int underWay;
  private Instant lastStarted = Instant.MIN;
  private Instant notBefore = Instant.MIN;
  private Duration lastDelay = Duration.ZERO;

  Attempts(RetrySchedule schedule, RandomGenerator random) {
    this.schedule = schedule;
    this.random = random;
  }

  int underWay() {
    return underWay;
  }

  Instant lastStarted() {
    return lastStarted;
  }

  Instant notBefore() {
    return notBefore;
  }

  boolean mayStart(Instant now) {
    return !now.isBefore(notBefore);
  }

  void started(Instant now) {
    underWay++;
    lastStarted = now;
  }

  /** A try came to its end. */
  void ended() {
    underWay--;
  }

  /** A try came to its end in vain: the next has to wait, longer than after the last failure. */
  void failed(Instant now) {
    ended();
    delay(now);
  }

  /** The next try has to wait, longer than after the last failure. */
  void delay(Instant now) {
    lastDelay = schedule.next(lastDelay, random);
    Instant next = now.plus(lastDelay);
    notBefore = next.isAfter(notBefore) ? next : notBefore;
  }

  /** There is something new to ask for: earlier failures do not count. */
  void forgive() {
    notBefore = Instant.MIN;
    lastDelay = Duration.ZERO;
  }

  /** Not again before the floor of the schedule has passed. */
  void pause(Instant now) {
    notBefore = now.plus(schedule.floor());
  }
}
