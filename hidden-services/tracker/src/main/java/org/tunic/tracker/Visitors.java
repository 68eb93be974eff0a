package org.tunic.tracker;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.TrackerCounters.Kind;

/**
 * The visitors of the last minutes, by what tells them apart.
 *
 * <p>Bounds: {@link #MAX_VISITORS}. When there are more, those that come share the allowance of
 * one: whoever opens so many circuits slows down strangers only, not those already here.
 *
 * <p>Threads: any.
 */
public final class Visitors {
  /** Visitors that are told apart. */
  public static final int MAX_VISITORS = 65_536;

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final ConcurrentHashMap<Bytes, Visitor> visitors = new ConcurrentHashMap<>();
  private final TrackerSettings settings;
  private final LongSupplier nanoClock;
  private final TrackerCounters counters;
  private final Visitor strangers;

  /**
   * @param nanoClock monotonic nanoseconds
   */
  public Visitors(TrackerSettings settings, LongSupplier nanoClock, TrackerCounters counters) {
    this.settings = settings;
    this.counters = counters;
    this.nanoClock = nanoClock;
    this.strangers = new Visitor(settings, nanoClock);
  }

  /**
   * The visitor of this tag.
   *
   * @param tag the circuit tag of an onion stream, or the address of a connection
   */
  public Visitor of(Bytes tag) {
    Visitor known = visitors.get(tag);
    if (known != null) {
      return known;
    }
    if (visitors.size() >= MAX_VISITORS) {
      forgetIdle();
      if (visitors.size() >= MAX_VISITORS) {
        counters.count(Kind.STRANGERS);
        return strangers;
      }
    }
    return visitors.computeIfAbsent(tag, _ -> new Visitor(settings, nanoClock));
  }

  /** One whose requests are not limited: a program on this host. */
  public Visitor local() {
    return new Visitor(
        new TrackerSettings(
            settings.policy(),
            settings.unsigned(),
            settings.interval(),
            settings.peerTtl(),
            0,
            settings.burst(),
            settings.peersOfVisitor()),
        nanoClock);
  }

  /** Forgets those that have not asked for anything for ten minutes. */
  public void forgetIdle() {
    visitors.values().removeIf(visitor -> visitor.isIdle(REMEMBERED.toNanos()));
  }

  int size() {
    return visitors.size();
  }
}
