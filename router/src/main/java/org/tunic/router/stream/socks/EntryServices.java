package org.tunic.router.stream.socks;

import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tunic.router.cell.Resolved;

/**
 * What ports of applications need of the rest of a node; one for all ports.
 *
 * @param open finds a stream for a request: a channel with reading off and no handler that reads,
 *     connected or, if it is a {@link org.tunic.router.stream.DataStream}, still connecting. It
 *     fails with {@link org.tunic.router.stream.StreamEndedException} or {@link
 *     EntryFailedException} to tell the application why. When the application has gone meanwhile
 *     the channel is closed
 * @param visit the same for a stream to an onion service
 * @param resolve answers RESOLVE and RESOLVE_PTR
 * @param map rewrites hosts first
 * @param rules what is refused; asked for every request
 * @param nanoTime monotonic time, so that what applications provoke is not logged too often
 *     <p>Threads: any.
 */
public record EntryServices(
    Function<StreamRequest, ? extends CompletableFuture<? extends Channel>> open,
    Function<OnionRequest, ? extends CompletableFuture<? extends Channel>> visit,
    Function<ResolveRequest, CompletableFuture<Resolved>> resolve,
    AddressMap map,
    Supplier<EntryRules> rules,
    LongSupplier nanoTime) {}
