package org.tunic.router.channel;

import org.jspecify.annotations.Nullable;

/**
 * A circuit id in use on a channel.
 *
 * <p>Threads: event loop of the channel.
 */
final class CircuitSlot {
  final int circuitId;
  final CircuitHalf half;
  @Nullable CellQueue queue;
  boolean touched; // cells came in this read
  boolean detached;
  long cellsRead;

  CircuitSlot(int circuitId, CircuitHalf half) {
    this.circuitId = circuitId;
    this.half = half;
  }
}
