package org.tunic.router.channel;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all channels of a node share.
 *
 * @param acceptor takes CREATE2 and CREATE_FAST, or null for a node that is no relay
 * @param counters counts cells
 * @param maxQueuedCells bound of one circuit's queue on one channel (the consensus'
 *     circ_max_cell_queue_size)
 * @param nanoClock monotonic nanoseconds
 *     <p>Threads: immutable.
 */
public record ChannelSettings(
    @Nullable CircuitAcceptor acceptor,
    CellCounters counters,
    int maxQueuedCells,
    LongSupplier nanoClock) {
  /** C tor's default of circ_max_cell_queue_size. */
  public static final int DEFAULT_MAX_QUEUED_CELLS = 50_000;
}
