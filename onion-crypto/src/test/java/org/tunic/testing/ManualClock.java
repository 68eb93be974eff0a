package org.tunic.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Wall time and monotonic time that move only when told.
 *
 * <p>The monotonic clock starts near its overflow, so that code which compares nanoseconds by
 * {@code <} instead of by subtraction fails.
 *
 * <p>Threads: any; moves are visible to all.
 */
public final class ManualClock implements InstantSource {
  private Instant now;
  private long nanos = Long.MAX_VALUE - 1_000_000_000L;

  /** Starts at {@code start}. */
  public ManualClock(Instant start) {
    this.now = start;
  }

  /** Starts at the given text, such as {@code 2026-01-02T03:04:05Z}. */
  public static ManualClock at(String instant) {
    return new ManualClock(Instant.parse(instant));
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Monotonic time in nanoseconds. */
  public synchronized long nanoTime() {
    return nanos;
  }

  /** The monotonic clock as a supplier. */
  public LongSupplier nanos() {
    return this::nanoTime;
  }

  /** Moves both clocks forward. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
    nanos += by.toNanos();
  }

  /** Sets the wall clock alone: somebody changed the machine's time. */
  public synchronized void jumpTo(Instant to) {
    now = to;
  }
}
