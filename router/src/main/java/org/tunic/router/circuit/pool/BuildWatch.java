package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.timeout.BuildTimeouts;
import org.tunic.router.circuit.timeout.TimeoutParameters;

/**
 * Decides when a circuit being built has taken too long, and tells {@link BuildTimeouts} how it
 * went.
 *
 * <p>A circuit that times out is not used any more but goes on until the later limit, so that its
 * time becomes known. As long as no circuit is open the client may just have come to another
 * network: then it goes on being usable until that limit, though the timeout is counted.
 *
 * <p>Spec: path-spec/learning-timeouts. Threads: one at a time, the pool's.
 */
final class BuildWatch {
  private static final double NANOS_PER_MS = 1e6;

  private final BuildTimeouts timeouts;

  /** Cells that came over any channel so far. */
  private final LongSupplier heard;

  private long lastHeard;

  BuildWatch(BuildTimeouts timeouts, LongSupplier heard) {
    this.timeouts = timeouts;
    this.heard = heard;
  }

  BuildTimeouts timeouts() {
    return timeouts;
  }

  void use(TimeoutParameters parameters) {
    timeouts.use(parameters);
  }

  /** A circuit is launched. */
  BuildClock launched() {
    return new BuildClock(timeouts.closeMs());
  }

  /** How long the builder may take from CREATE on. */
  static Duration limit(BuildClock clock) {
    return Duration.ofMillis((long) Math.ceil(clock.closeMs));
  }

  /** A circuit has so many hops; 0: CREATE is sent. */
  void progress(BuildClock clock, int hops, long now) {
    clock.hops = hops;
    if (hops == 0) {
      clock.began = true;
      clock.beganNanos = now;
      clock.heardBefore = heard.getAsLong();
    }
  }

  /** Notes whether anything was heard since the last call. */
  void listen() {
    long now = heard.getAsLong();
    if (now != lastHeard) {
      lastHeard = now;
      timeouts.heard();
    }
  }

  /**
   * Whether a circuit being built is not to be used any more from now on.
   *
   * @param anyOpen whether other circuits are open
   */
  boolean timesOut(BuildClock clock, boolean anyOpen, long now, NextWake next) {
    if (!clock.began || clock.measured || timeouts.timeoutMs() >= clock.closeMs) {
      return false; // the builder will close it
    }
    long until = clock.beganNanos + (long) (timeouts.timeoutMs() * NANOS_PER_MS);
    if (until - now > 0) {
      next.at(until);
      return false;
    }
    count(clock);
    clock.measured = anyOpen;
    return anyOpen;
  }

  private void count(BuildClock clock) {
    if (!clock.counted) {
      clock.counted = true;
      timeouts.timedOut(clock.hops > 0);
    }
  }

  /**
   * A circuit is built.
   *
   * @return whether it may be used
   */
  boolean built(BuildClock clock, boolean anyOpen, long now) {
    if (!clock.began) {
      return true;
    }
    long elapsedMs = elapsedMs(clock, now);
    if (timeouts.parameters().learning()
        && !clock.measured
        && anyOpen
        && elapsedMs > timeouts.timeoutMs()) {
      clock.measured = true;
      count(clock);
    }
    timeouts.built(elapsedMs, clock.measured);
    return !clock.measured;
  }

  /** A circuit could not be built. */
  void failed(BuildClock clock, DestroyReason reason, long now) {
    long elapsedMs = elapsedMs(clock, now);
    if (!clock.began
        || !reason.equals(DestroyReason.TIMEOUT)
        || elapsedMs < Math.floor(clock.closeMs)
        || !timeouts.isEnough()) {
      return;
    }
    count(clock);
    timeouts.closed(elapsedMs, heard.getAsLong() != clock.heardBefore);
  }

  private static long elapsedMs(BuildClock clock, long now) {
    return (now - clock.beganNanos) / (long) NANOS_PER_MS;
  }
}
