package org.tunic.router.circuit.padding;

import org.tunic.router.cell.RelayMessage;

/**
 * What a machine needs of its circuit. Both ends of circuits implement it. Threads: the event loop
 * that seals the cells of the padded direction.
 */
public interface PaddedCircuit {
  /** Sends a message that is no padding to the machine on the other side. */
  void send(RelayMessage message);

  /** Sends a DROP to the machine on the other side. */
  void sendPadding();

  /** Cells of this circuit that wait for the channel of the padded direction. */
  int queuedCells();

  /** Monotonic nanoseconds. */
  long nanoTime();

  /** Runs {@code task} on this loop after {@code nanos}. */
  void after(long nanos, Runnable task);
}
