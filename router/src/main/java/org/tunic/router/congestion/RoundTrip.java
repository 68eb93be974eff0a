package org.tunic.router.congestion;

/**
 * The round trip of a circuit in microseconds: averaged, and the shortest average seen.
 *
 * <p>A measurement that is zero, or 5000 times longer or shorter than the average once there is one
 * to trust, tells of a clock that stalled or jumped, and is not used. A sudden shortening is
 * believed unless the clock stood still lately.
 *
 * <p>Spec: proposals/324 section 2.1
 *
 * <p>Threads: event loop of the circuit.
 */
final class RoundTrip {
  private static final long JUMP_RATIO = 5000;

  private final FlowCounters counters;
  private long ewmaMicros;
  private long minMicros;
  private long maxMicros;

  /** The clock stood still or jumped, and no good measurement has come since. */
  private boolean clockBroken;

  RoundTrip(FlowCounters counters) {
    this.counters = counters;
  }

  /** The average; 0 before the first measurement. */
  long ewmaMicros() {
    return ewmaMicros;
  }

  /** The shortest average, or what it was raised to; 0 before the first measurement. */
  long minMicros() {
    return minMicros;
  }

  /** The longest measurement, not averaged; 0 before the first. */
  long maxMicros() {
    return maxMicros;
  }

  boolean clockBroken() {
    return clockBroken;
  }

  /**
   * Takes a measurement.
   *
   * @param micros at least 0
   * @param count over how many measurements to average, at least 2
   * @param slowStart whether there is not yet an average to trust
   * @param atMinimum whether the window cannot become smaller, in steady state: then the shortest
   *     round trip was perhaps a chance, and is raised
   * @param resetPercent by how much it is raised: 100 to the average
   * @return false when the measurement was not used
   */
  boolean measured(
      long micros, long count, boolean slowStart, boolean atMinimum, int resetPercent) {
    if (stalledOrJumped(ewmaMicros, micros, slowStart)) {
      counters.add(FlowCounters.Event.CLOCK_STALLED);
      return false;
    }
    ewmaMicros = ewmaMicros == 0 ? micros : (2 * micros + (count - 1) * ewmaMicros) / (count + 1);
    maxMicros = Math.max(maxMicros, micros);
    if (minMicros == 0) {
      minMicros = ewmaMicros;
    } else if (atMinimum) {
      long larger = Math.max(ewmaMicros, minMicros);
      long smaller = Math.min(ewmaMicros, minMicros);
      minMicros = resetPercent * larger / 100 + (100 - resetPercent) * smaller / 100;
      counters.add(FlowCounters.Event.RTT_RESET);
    } else if (ewmaMicros < minMicros) {
      minMicros = ewmaMicros;
    }
    return true;
  }

  /** Whether {@code now} microseconds after {@code before} cannot be believed. */
  boolean stalledOrJumped(long before, long now, boolean slowStart) {
    if (now == 0) {
      clockBroken = true;
      return true;
    }
    if (slowStart || before == 0) {
      return false; // nothing to compare with
    }
    if (before > now * JUMP_RATIO) {
      return clockBroken;
    }
    if (now > before * JUMP_RATIO) {
      return true;
    }
    clockBroken = false;
    return false;
  }
}
