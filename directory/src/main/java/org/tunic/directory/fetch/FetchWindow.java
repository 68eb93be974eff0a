package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.tunic.directory.doc.consensus.Lifetime;

/**
 * When to fetch the consensus that follows one we hold. Everybody picks a random moment in a
 * window, so that load spreads: caches right after the old one ceases to be fresh, clients when
 * caches have it.
 *
 * <p>Spec: dir-spec/client-operation, dir-spec/directory-cache-operation. Threads: immutable.
 *
 * @param opens earliest moment
 * @param closes latest moment; later than {@code opens}
 */
record FetchWindow(Instant opens, Instant closes) {
  /**
   * What caches and authorities wait after the end of freshness, on a network with long intervals.
   */
  private static final Duration SLACK = Duration.ofMinutes(2);

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Refuses an empty window. */
  FetchWindow {
    if (!closes.isAfter(opens)) {
      throw new IllegalArgumentException("empty window");
    }
  }

  /**
   * For a client: from three quarters of an interval after freshness, in 7/8 of what is then left.
   */
  static FetchWindow forClient(Lifetime held) {
    Instant opens = held.freshUntil().plus(held.interval().multipliedBy(3).dividedBy(4));
    Duration left = Duration.between(opens, held.validUntil());
    return of(opens, left.multipliedBy(7).dividedBy(8), held);
  }

  /** For a directory cache: in the first half interval after freshness. */
  static FetchWindow forCache(Lifetime held) {
    Duration interval = held.interval();
    Duration slack = SLACK.compareTo(interval.dividedBy(16)) > 0 ? interval.dividedBy(16) : SLACK;
    Instant opens = held.freshUntil().plus(atLeastASecond(slack));
    return of(opens, interval.dividedBy(2), held);
  }

  private static FetchWindow of(Instant opens, Duration length, Lifetime held) {
    Duration atLeast = atLeastASecond(length);
    // With very short intervals the window could end after the consensus did.
    if (!opens.plus(atLeast).isBefore(held.validUntil())) {
      opens = held.validUntil().minus(atLeast).minus(SECOND);
    }
    return new FetchWindow(opens, opens.plus(atLeast));
  }

  private static Duration atLeastASecond(Duration d) {
    return d.compareTo(SECOND) < 0 ? SECOND : d;
  }

  /** A random moment in the window. */
  Instant choose(RandomGenerator random) {
    return opens.plusMillis(random.nextLong(Duration.between(opens, closes).toMillis()));
  }
}
