package org.tunic.router.circuit.padding;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the padding of all circuits of a node shares: the rules, how much was padded, and how many
 * circuits are kept for padding alone.
 *
 * <p>Spec: padding-spec/circuit-level-padding. Threads: any, because sums are {@link LongAdder}s.
 */
public final class CircuitPadding {
  /** Circuits that are kept only because their machine has not ended; others are closed. */
  public static final int MAX_LINGERING = 256;

  private final Supplier<CircuitPaddingParameters> parameters;
  private final LongSupplier relayCells;
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder negotiated = new LongAdder();
  private final AtomicInteger lingering = new AtomicInteger();

  /**
   * @param parameters what holds now
   * @param relayCells relay cells that the node has sent, padding among them
   */
  public CircuitPadding(Supplier<CircuitPaddingParameters> parameters, LongSupplier relayCells) {
    this.parameters = parameters;
    this.relayCells = relayCells;
  }

  /** Padding cells sent since the start. */
  public long sent() {
    return sent.sum();
  }

  /** Padding cells that came for a machine since the start. */
  public long received() {
    return received.sum();
  }

  /** Machines started by a hop for an origin since the start. */
  public long negotiated() {
    return negotiated.sum();
  }

  CircuitPaddingParameters parameters() {
    return parameters.get();
  }

  /** Whether circuits of our own get machines. */
  boolean isWanted() {
    CircuitPaddingParameters now = parameters.get();
    return !now.disabled() && !now.reduced();
  }

  /** Whether one more padding cell may be sent by what holds for the whole node. */
  boolean mayPad() {
    CircuitPaddingParameters now = parameters.get();
    if (now.disabled()) {
      return false;
    }
    long padded = sent.sum();
    if (now.globalMaxPercent() == 0 || padded < now.globalAllowedCells()) {
      return true;
    }
    return 100 * padded <= now.globalMaxPercent() * Math.max(1, relayCells.getAsLong());
  }

  void countSent() {
    sent.increment();
  }

  void countReceived() {
    received.increment();
  }

  void countNegotiated() {
    negotiated.increment();
  }

  /** Takes one of the places for circuits that linger; false if there is none. */
  public boolean linger() {
    if (lingering.incrementAndGet() > MAX_LINGERING) {
      lingering.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives a place back. */
  public void lingered() {
    lingering.decrementAndGet();
  }
}
