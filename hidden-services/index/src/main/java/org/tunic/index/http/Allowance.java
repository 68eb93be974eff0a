package org.tunic.index.http;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;

/**
 * What one visitor may still ask: all streams of one circuit, or all connections from one address.
 * Requests cost tokens, which come back at a steady rate.
 *
 * <p>Threads: guarded by this.
 */
final class Allowance {
  /** Tokens that come back in a second. */
  static final int RATE = 10;

  /** Tokens of one who has not asked for long. */
  static final int BURST = 300;

  private static final double NANOS = 1e9;

  private final LongSupplier nanoClock;
  private double tokens = BURST;
  private long lastNanos;

  Allowance(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.lastNanos = nanoClock.getAsLong();
  }

  /** Whether there is enough for a request; takes it if so. */
  synchronized boolean take(int cost) {
    long now = nanoClock.getAsLong();
    tokens = Math.min(BURST, tokens + (now - lastNanos) * RATE / NANOS);
    lastNanos = now;
    if (tokens < cost) {
      return false;
    }
    tokens -= cost;
    return true;
  }

  private synchronized boolean isIdle(long nanos) {
    return nanoClock.getAsLong() - lastNanos > nanos;
  }

  /**
   * Those of all visitors.
   *
   * <p>Bound: {@link #MAX_VISITORS}; those that come when there are more share one.
   *
   * <p>Threads: any.
   */
  static final class All {
    /** Visitors that are told apart. */
    static final int MAX_VISITORS = 65_536;

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<Bytes, Allowance> visitors = new ConcurrentHashMap<>();
    private final Allowance strangers;

    All(LongSupplier nanoClock) {
      this.nanoClock = nanoClock;
      this.strangers = new Allowance(nanoClock);
    }

    Allowance of(Bytes tag) {
      Allowance known = visitors.get(tag);
      if (known != null) {
        return known;
      }
      if (visitors.size() >= MAX_VISITORS) {
        visitors.values().removeIf(visitor -> visitor.isIdle(REMEMBERED.toNanos()));
        if (visitors.size() >= MAX_VISITORS) {
          return strangers;
        }
      }
      return visitors.computeIfAbsent(tag, _ -> new Allowance(nanoClock));
    }
  }
}
