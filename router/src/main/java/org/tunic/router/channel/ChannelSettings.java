package org.tunic.router.channel;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;

/**
 * What all channels of a node share.
 *
 * @param acceptor takes CREATE2 and CREATE_FAST, or null for a node that is no relay
 * @param counters counts cells
 * @param limits the node's bounds
 * @param padding how channels are padded, as configuration and consensus say now
 * @param nanoClock monotonic nanoseconds
 *     <p>Threads: immutable.
 */
public record ChannelSettings(
    @Nullable CircuitAcceptor acceptor,
    CellCounters counters,
    NodeLimits limits,
    Supplier<PaddingRules> padding,
    LongSupplier nanoClock) {
  /** Settings of a node that pads as a client does by default. */
  public ChannelSettings(
      @Nullable CircuitAcceptor acceptor,
      CellCounters counters,
      NodeLimits limits,
      LongSupplier nanoClock) {
    this(acceptor, counters, limits, () -> PaddingRules.CLIENT, nanoClock);
  }

  /** Settings whose queues hold {@code maxQueuedCells} cells, and nothing else is bounded. */
  public ChannelSettings(
      @Nullable CircuitAcceptor acceptor,
      CellCounters counters,
      int maxQueuedCells,
      LongSupplier nanoClock) {
    this(acceptor, counters, new NodeLimits(QueueRules.bounded(maxQueuedCells)), nanoClock);
  }
}
