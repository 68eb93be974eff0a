package org.tunic.router.congestion;

import org.tunic.router.congestion.FlowCounters.Average;

/**
 * The congestion window of one end of a circuit: how many DATA cells may be on their way.
 *
 * <p>Each SENDME tells a round trip. Compared with the shortest one it tells how many cells of the
 * window wait in queues on the way: {@code queue = window − window · shortest / average}. While the
 * queue is short the window grows, when it is long or our own channel takes no more it shrinks. In
 * slow start it grows with each SENDME, later by one step for each window that was used.
 *
 * <p>All arithmetic is in whole numbers, as in C tor, so that both agree to the cell.
 *
 * <p>Spec: proposals/324 section 3.3
 *
 * <p>Threads: event loop of the circuit.
 */
public final class Vegas {
  private final VegasParameters params;
  private final int incrementCells;
  private final FlowCounters counters;
  private final RoundTrip roundTrip;

  private long windowCells;
  private boolean slowStart = true;

  /** The window was used up, or nearly so. */
  private boolean full;

  /** Our channel took no more cells at the last SENDME. */
  private boolean blocked;

  /** SENDMEs until the window may change in steady state. */
  private long untilStep = 1;

  /** SENDMEs until a window has been acknowledged. */
  private long untilWindow;

  private long bandwidthDelayCells;

  /** Package-private, because the vectors set it. */
  long inFlightCells;

  /**
   * @param incrementCells cells that a SENDME acknowledges, 1–255
   */
  public Vegas(VegasParameters params, int incrementCells, FlowCounters counters) {
    this.params = params;
    this.incrementCells = incrementCells;
    this.counters = counters;
    this.roundTrip = new RoundTrip(counters);
    this.windowCells = params.initialCells();
    counters.add(FlowCounters.Event.CIRCUIT_CREATED);
  }

  /** Whether one more DATA cell may go. */
  public boolean maySend() {
    return inFlightCells < windowCells;
  }

  /** A DATA cell was sent. */
  public void sent() {
    inFlightCells++;
  }

  /** The window, in cells. */
  public long windowCells() {
    return windowCells;
  }

  /** Whether the window still grows with each SENDME. */
  public boolean inSlowStart() {
    return slowStart;
  }

  /** The longest round trip so far, in microseconds; 0 before the first. */
  public long maxRoundTripMicros() {
    return roundTrip.maxMicros();
  }

  RoundTrip roundTrip() {
    return roundTrip;
  }

  boolean isFull() {
    return full;
  }

  boolean isBlocked() {
    return blocked;
  }

  /**
   * A SENDME came.
   *
   * @param micros since the cell that it acknowledges was sent
   * @param nowBlocked whether the circuit's own queue of cells is above its mark, so that the
   *     streams wait
   */
  public void sendme(long micros, boolean nowBlocked) {
    if (untilStep > 0) {
      untilStep--;
    }
    if (untilWindow > 0) {
      untilWindow--;
    }
    boolean atMinimum = windowCells == params.minCells() && !slowStart;
    boolean measured =
        roundTrip.measured(micros, ewmaCount(), slowStart, atMinimum, params.rttResetPercent());
    if (estimate(nowBlocked) || measured) {
      judge();
    }
    inFlightCells -= incrementCells;
  }

  private long ewmaCount() {
    long count =
        slowStart
            ? params.ewmaSlowStart()
            : Math.min(sendmesPerStep() * params.ewmaWindowPercent() / 100, params.ewmaMax());
    return Math.max(count, 2);
  }

  /** What fits on the way without a queue; returns whether our channel is blocked. */
  private boolean estimate(boolean nowBlocked) {
    if (roundTrip.ewmaMicros() == 0) {
      bandwidthDelayCells = windowCells; // the clock never ran
      blocked = nowBlocked;
      return nowBlocked;
    }
    bandwidthDelayCells = windowCells * roundTrip.minMicros() / roundTrip.ewmaMicros();
    if (blocked != nowBlocked) {
      blocked = nowBlocked;
      untilStep = 0;
    }
    return nowBlocked;
  }

  private void judge() {
    long queueCells = Math.max(0, windowCells - bandwidthDelayCells);
    if (inFlightCells + (long) params.fullGap() * incrementCells >= windowCells) {
      full = true;
    } else if (100 * inFlightCells < params.fullMinPercent() * windowCells) {
      full = false;
    }
    if (slowStart) {
      grow(queueCells);
    } else if (untilStep == 0) {
      step(queueCells);
    }
    windowCells = Math.min(windowCells, params.maxCells());
    if (untilWindow == 0) {
      untilWindow = sendmesPerWindow();
    }
    if (untilStep == 0) {
      untilStep = sendmesPerStep();
    }
    if (params.fullPerWindow()
        ? untilWindow == sendmesPerWindow()
        : untilStep == sendmesPerStep()) {
      full = false;
    }
  }

  private void grow(long queueCells) {
    if (queueCells < params.gamma() && !blocked) {
      if (full) {
        long growth = slowStartGrowth();
        windowCells += growth;
        if (growth * sendmesPerWindow() <= (long) params.stepCells() * params.stepsPerWindow()) {
          counters.add(FlowCounters.Event.BELOW_SLOW_START_FLOOR);
          counters.add(Average.SLOW_START_BLOCKED_PERCENT, 0);
          leaveSlowStart();
        }
      }
    } else {
      long before = windowCells;
      windowCells = bandwidthDelayCells + params.gamma();
      counters.add(Average.SLOW_START_BLOCKED_PERCENT, blocked ? 100 : 0);
      if (!blocked) {
        counters.add(Average.GAMMA_DROP, Math.max(0, before - windowCells));
      }
      leaveSlowStart();
    }
    if (windowCells >= params.slowStartMaxCells()) {
      windowCells = params.slowStartMaxCells();
      counters.add(FlowCounters.Event.ABOVE_SLOW_START_MAX);
      leaveSlowStart();
    }
    counters.add(Average.SLOW_START_QUEUE, queueCells);
  }

  /** Limited slow start, RFC 3742. */
  private long slowStartGrowth() {
    if (windowCells <= params.slowStartCapCells()) {
      return ((long) params.slowStartPercent() * incrementCells + 50) / 100;
    }
    return Math.max(
        1, ((long) incrementCells * params.slowStartCapCells() + windowCells) / (2 * windowCells));
  }

  private void leaveSlowStart() {
    if (slowStart) {
      slowStart = false;
      counters.add(FlowCounters.Event.SLOW_START_LEFT);
      counters.add(Average.SLOW_START_EXIT_WINDOW, windowCells);
      counters.add(Average.SLOW_START_EXIT_BDP, bandwidthDelayCells);
      counters.add(Average.SLOW_START_EXIT_GROWTH, slowStartGrowth());
    }
  }

  private void step(long queueCells) {
    int alpha = 0;
    int beta = 0;
    int delta = 0;
    if (queueCells > params.delta()) {
      long before = windowCells;
      windowCells = bandwidthDelayCells + params.delta() - params.stepCells();
      counters.add(Average.DELTA_DROP, Math.max(0, before - windowCells));
      counters.add(FlowCounters.Event.ABOVE_DELTA);
      delta = 100;
    } else if (queueCells > params.beta() || blocked) {
      windowCells -= params.stepCells();
      counters.add(Average.BLOCKED_PERCENT, blocked ? 100 : 0);
      beta = 100;
    } else if (full && queueCells < params.alpha()) {
      windowCells += params.stepCells();
      alpha = 100;
    }
    windowCells = Math.max(windowCells, params.minCells());
    counters.add(Average.ALPHA_PERCENT, alpha);
    counters.add(Average.BETA_PERCENT, beta);
    counters.add(Average.DELTA_PERCENT, delta);
    counters.add(Average.QUEUE, queueCells);
    counters.add(Average.BDP, bandwidthDelayCells);
  }

  /** The circuit is gone: says how its window stood. */
  public void closed() {
    counters.add(FlowCounters.Event.CIRCUIT_CLOSED);
    counters.add(slowStart ? Average.CLOSE_SLOW_START_WINDOW : Average.CLOSE_WINDOW, windowCells);
  }

  private long sendmesPerWindow() {
    return (windowCells + incrementCells / 2) / incrementCells;
  }

  private long sendmesPerStep() {
    if (slowStart) {
      return 1;
    }
    long cells = (long) params.stepsPerWindow() * incrementCells;
    return (windowCells + cells / 2) / cells;
  }
}
