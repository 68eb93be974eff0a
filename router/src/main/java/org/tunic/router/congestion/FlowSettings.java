package org.tunic.router.congestion;

import java.util.function.Supplier;

/**
 * What the flow control of every circuit of a node shares.
 *
 * <p>Threads: immutable.
 *
 * @param parameters what the consensus says now; asked for each circuit, from any thread
 * @param counters told what happens
 */
public record FlowSettings(Supplier<FlowParameters> parameters, FlowCounters counters) {}
