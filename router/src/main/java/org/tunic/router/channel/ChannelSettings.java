package org.tunic.router.channel;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;

/**
 * What all channels of a node share.
 *
 * @param acceptor takes CREATE2 and CREATE_FAST, or null for a node that is no relay
 * @param counters counts cells
 * @param limits the node's bounds
 * @param nanoClock monotonic nanoseconds
 *     <p>Threads: immutable.
 */
public record ChannelSettings(
    @Nullable CircuitAcceptor acceptor,
    CellCounters counters,
    NodeLimits limits,
    LongSupplier nanoClock) {
  /** Settings whose queues hold {@code maxQueuedCells} cells, and nothing else is bounded. */
  public ChannelSettings(
      @Nullable CircuitAcceptor acceptor,
      CellCounters counters,
      int maxQueuedCells,
      LongSupplier nanoClock) {
    this(acceptor, counters, new NodeLimits(QueueRules.bounded(maxQueuedCells)), nanoClock);
  }
}
