package org.tunic.router.congestion;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What flow control did, counted since the start: the events of C tor's {@code
 * relay_congestion_control_total}; and the averages of its {@code relay_congestion_control}.
 *
 * <p>Threads: any, because sums are {@link LongAdder}s; nothing counts per cell.
 */
public final class FlowCounters {
  /** What is counted. */
  public enum Event {
    /** A circuit end with congestion control began: {@code cc_circuits}, {@code circs_created}. */
    CIRCUIT_CREATED,
    /** One ended: {@code cc_circuits}, {@code circs_closed}. */
    CIRCUIT_CLOSED,
    /** Slow start ended: {@code cc_circuits}, {@code circs_exited_ss}. */
    SLOW_START_LEFT,
    /** The minimal round trip was raised: {@code starvation}, {@code rtt_reset}. */
    RTT_RESET,
    /** A round trip could not be believed: {@code clock_stalls}, {@code rtt_skipped}. */
    CLOCK_STALLED,
    /** A queue was longer than delta: {@code cc_limits}, {@code above_delta}. */
    ABOVE_DELTA,
    /** Slow start came to its largest window: {@code cc_limits}, {@code above_ss_cwnd_max}. */
    ABOVE_SLOW_START_MAX,
    /** Slow start was slower than steady state: {@code cc_limits}, {@code below_ss_inc_floor}. */
    BELOW_SLOW_START_FLOOR,
    /** {@code flow_control}, {@code xoff_num_sent}. */
    XOFF_SENT,
    /** {@code flow_control}, {@code xon_num_sent}. */
    XON_SENT,
    XOFF_RECEIVED,
    XON_RECEIVED,
    /** A client got an XOFF or XON before it can have sent enough to cause it. */
    IMPLAUSIBLE_RECEIVED
  }

  /** What is averaged over some hundred times: C tor's {@code relay_congestion_control}. */
  public enum Average {
    /** Cells of the window when slow start ended: {@code slow_start_exit}. */
    SLOW_START_EXIT_WINDOW,
    /** Cells that fitted on the way then. */
    SLOW_START_EXIT_BDP,
    /** Cells of growth then. */
    SLOW_START_EXIT_GROWTH,
    /** Cells of the window when a circuit ended: {@code on_circ_close}. */
    CLOSE_WINDOW,
    /** The same for circuits in slow start. */
    CLOSE_SLOW_START_WINDOW,
    /** Bytes that waited when XON was sent: {@code buffers}. */
    XON_WAITING_BYTES,
    /** Bytes that waited when XOFF was sent. */
    XOFF_WAITING_BYTES,
    /** Percent of the losses of steady state that a blocked channel caused: {@code cc_backoff}. */
    BLOCKED_PERCENT,
    /** Cells lost at the end of slow start. */
    GAMMA_DROP,
    /** Cells lost where a queue was above delta. */
    DELTA_DROP,
    /** Percent of the ends of slow start that a blocked channel caused. */
    SLOW_START_BLOCKED_PERCENT,
    /** Percent of the steps that were growth: {@code cc_cwnd_update}. */
    ALPHA_PERCENT,
    /** Percent of the steps that were losses. */
    BETA_PERCENT,
    /** Percent of the steps that fell to delta. */
    DELTA_PERCENT,
    /** Cells in queues in slow start: {@code cc_estimates}. */
    SLOW_START_QUEUE,
    /** Cells in queues in steady state. */
    QUEUE,
    /** Cells that fit on the way in steady state. */
    BDP
  }

  /** Values over which an average goes, as in C tor. */
  private static final int AVERAGED = 100;

  private final Map<Event, LongAdder> sums = new EnumMap<>(Event.class);

  /** The bits of a double each. Two loops that write at once lose one value, which is harmless. */
  private final Map<Average, AtomicLong> averages = new EnumMap<>(Average.class);

  public FlowCounters() {
    for (Event event : Event.values()) {
      sums.put(event, new LongAdder());
    }
    for (Average average : Average.values()) {
      averages.put(average, new AtomicLong());
    }
  }

  /** The average so far, rounded; 0 before the first value. */
  public long get(Average average) {
    return Math.round(Double.longBitsToDouble(bits(average).get()));
  }

  /** One more value of an average. */
  void add(Average average, long value) {
    AtomicLong bits = bits(average);
    double before = Double.longBitsToDouble(bits.get());
    double now = before == 0 ? value : (2 * value + (AVERAGED - 1) * before) / (AVERAGED + 1);
    bits.set(Double.doubleToRawLongBits(now));
  }

  /** Bytes waited when XOFF was sent. */
  public void xoffSent(long waitingBytes) {
    add(Event.XOFF_SENT);
    add(Average.XOFF_WAITING_BYTES, waitingBytes);
  }

  /** Bytes waited when XON was sent. */
  public void xonSent(long waitingBytes) {
    add(Event.XON_SENT);
    add(Average.XON_WAITING_BYTES, waitingBytes);
  }

  private AtomicLong bits(Average average) {
    return Objects.requireNonNull(averages.get(average)); // every average has one
  }

  /** How often it happened. */
  public long get(Event event) {
    return adder(event).sum();
  }

  /** It happened once more. */
  public void add(Event event) {
    adder(event).increment();
  }

  private LongAdder adder(Event event) {
    return Objects.requireNonNull(sums.get(event)); // every event has one
  }
}
