package org.tunic.tracker;

import java.util.function.LongSupplier;

/**
 * What one visitor may still do: all streams of one circuit, or all connections from one address.
 *
 * <p>Requests cost tokens, which come back at a steady rate up to a bound; new peers are counted
 * for as long as the visitor is remembered.
 *
 * <p>Threads: guarded by this.
 */
public final class Visitor {
  private static final long NANOS = 1_000_000_000L;

  private final TrackerSettings settings;
  private final LongSupplier nanoClock;
  private double tokens;
  private long lastNanos;
  private int refused;
  private int peers;

  Visitor(TrackerSettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.tokens = settings.burst();
    this.lastNanos = nanoClock.getAsLong();
  }

  /** Whether a request of this cost may be answered now; pays for it if so. */
  synchronized boolean pay(int cost) {
    long now = nanoClock.getAsLong();
    tokens =
        Math.min(settings.burst(), tokens + (double) (now - lastNanos) * settings.rate() / NANOS);
    lastNanos = now;
    if (settings.rate() > 0 && tokens < cost) {
      refused++;
      return false;
    }
    tokens -= settings.rate() > 0 ? cost : 0;
    refused = 0;
    return true;
  }

  /** Whether it goes on although it was told no as often as it may ask at once: to be rid of. */
  public synchronized boolean isIncorrigible() {
    return refused > settings.burst();
  }

  synchronized boolean mayAddPeer() {
    return settings.rate() == 0 || peers < settings.peersOfVisitor();
  }

  synchronized void addedPeer() {
    peers++;
  }

  synchronized boolean isIdle(long idleNanos) {
    return nanoClock.getAsLong() - lastNanos > idleNanos;
  }
}
