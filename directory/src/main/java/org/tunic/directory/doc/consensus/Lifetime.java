package org.tunic.directory.doc.consensus;

import java.time.Duration;
import java.time.Instant;

/**
 * From when to when a consensus holds.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 *
 * @param validAfter from when it may be used
 * @param freshUntil when the next one is due; after {@code validAfter}
 * @param validUntil until when it may be used; not before {@code freshUntil}
 */
public record Lifetime(Instant validAfter, Instant freshUntil, Instant validUntil) {
  /**
   * Refuses an empty interval.
   *
   * @throws IllegalArgumentException for one; parsers check first
   */
  public Lifetime {
    if (!freshUntil.isAfter(validAfter) || validUntil.isBefore(freshUntil)) {
      throw new IllegalArgumentException("times of a consensus out of order");
    }
  }

  /** The voting interval. */
  public Duration interval() {
    return Duration.between(validAfter, freshUntil);
  }

  /** Whether {@code now} is within the validity. */
  public boolean isLive(Instant now) {
    return isWithin(now, Duration.ZERO);
  }

  /** Whether {@code now} is within the validity, widened by {@code tolerance} at both ends. */
  public boolean isWithin(Instant now, Duration tolerance) {
    return !now.isBefore(validAfter.minus(tolerance)) && !now.isAfter(validUntil.plus(tolerance));
  }
}
