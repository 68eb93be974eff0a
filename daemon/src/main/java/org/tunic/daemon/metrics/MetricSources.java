package org.tunic.daemon.metrics;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.onion.host.OnionService;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.circuit.ServicePoints;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.TrafficCounters;

/**
 * Where the numbers come from.
 *
 * <p>Threads: asked by any.
 *
 * @param cells cells of all channels
 * @param limits what the bounds did
 * @param traffic what was carried and done
 * @param flow what flow control did
 * @param servicePoints what a relay did for onion services; of a node that relays nothing, nothing
 * @param circuits circuits open now, ours and those of others
 * @param maxSockets connections the system allows
 * @param flags of ourselves in the consensus; empty if we are not in it
 * @param bugs errors of our own so far
 * @param offlineKeyExpiry when the signing key ends, in seconds since 1970, if the master key is
 *     kept elsewhere
 * @param onionServices those that are hosted now
 */
public record MetricSources(
    CellCounters cells,
    LimitCounters limits,
    TrafficCounters traffic,
    FlowCounters flow,
    ServicePoints servicePoints,
    LongSupplier circuits,
    LongSupplier maxSockets,
    Supplier<Set<RelayFlag>> flags,
    LongSupplier bugs,
    Supplier<OptionalLong> offlineKeyExpiry,
    Supplier<List<OnionService>> onionServices) {}
