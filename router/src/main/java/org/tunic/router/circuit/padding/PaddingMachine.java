package org.tunic.router.circuit.padding;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The machines of C tor 0.4.9 (subprotocol {@code Padding=2}), each between a visitor and its
 * second hop. What a passive observer at the guard sees of a circuit, the origin's cells in
 * brackets:
 *
 * <pre>
 * general       … [BEGIN]    CONNECTED               [DATA] [DATA]   DATA DATA …
 * introduction  … [INTRODUCE1]  [PADDING_NEGOTIATE]  PADDING_NEGOTIATED  INTRODUCE_ACK  DROP × 7–9
 * rendezvous    … [ESTABLISH_RENDEZVOUS]  RENDEZVOUS_ESTABLISHED
 *                    [PADDING_NEGOTIATE] [DROP]  PADDING_NEGOTIATED  DROP  …
 * </pre>
 *
 * <p>The general framework of C tor (histograms, tokens, distributions, RTT estimates) has no other
 * user, so that each machine is a few numbers here. C tor draws the number of cells as a real
 * number from 7 to below 10 and cuts the fraction off: it is never 10, as its comments and the
 * specification say.
 *
 * <p>Spec: padding-spec/circuit-level-padding. Threads: immutable.
 */
public enum PaddingMachine {
  /** Begins behind INTRODUCE1; the hop sends some cells and ends the machine. */
  INTRODUCTION(0, 0, 7, 9, 1000, 9999, true),
  /** Begins behind RENDEZVOUS_ESTABLISHED; one cell each way, at once. */
  RENDEZVOUS(1, 1, 1, 1, 0, 999, false);

  /** The subprotocol version of {@code Padding} that has both. */
  public static final int SUBPROTOCOL_VERSION = 2;

  private final int type;
  private final int originCells;
  private final int leastCells;
  private final int mostCells;
  private final int leastMicros;
  private final int mostMicros;
  private final boolean endedByHop;

  PaddingMachine(
      int type,
      int originCells,
      int leastCells,
      int mostCells,
      int leastMicros,
      int mostMicros,
      boolean endedByHop) {
    this.type = type;
    this.originCells = originCells;
    this.leastCells = leastCells;
    this.mostCells = mostCells;
    this.leastMicros = leastMicros;
    this.mostMicros = mostMicros;
    this.endedByHop = endedByHop;
  }

  /** The machine of a type; empty if there is none. */
  static Optional<PaddingMachine> of(int type) {
    for (PaddingMachine machine : values()) {
      if (machine.type == type) {
        return Optional.of(machine);
      }
    }
    return Optional.empty();
  }

  /** Its number in messages. */
  int type() {
    return type;
  }

  /** Cells that the origin sends: 0 or 1. */
  int originCells() {
    return originCells;
  }

  /** How many cells the hop sends this time. */
  int drawHopCells(RandomGenerator random) {
    return random.nextInt(leastCells, mostCells + 1);
  }

  /** Nanoseconds until the next cell. */
  long drawDelayNanos(RandomGenerator random) {
    return TimeUnit.MICROSECONDS.toNanos(random.nextInt(leastMicros, mostMicros + 1));
  }

  /**
   * Whether the hop tells the origin when it has sent all, a cell that goes by begins the wait
   * anew, and the origin keeps the circuit until then.
   */
  boolean endedByHop() {
    return endedByHop;
  }
}
