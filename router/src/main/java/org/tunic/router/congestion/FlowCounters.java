package org.tunic.router.congestion;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What flow control did, counted since the start: the events of C tor's {@code
 * relay_congestion_control_total}.
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

  private final Map<Event, LongAdder> sums = new EnumMap<>(Event.class);

  public FlowCounters() {
    for (Event event : Event.values()) {
      sums.put(event, new LongAdder());
    }
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
