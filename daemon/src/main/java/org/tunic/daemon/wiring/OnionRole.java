package org.tunic.daemon.wiring;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.tunic.daemon.config.Config;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.client.OnionClient;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.onion.host.OnionServices;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.service.Layer2Guards;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.socks.EntryFailedException;
import org.tunic.router.stream.socks.EntryFailure;
import org.tunic.router.stream.socks.EntryFailure.OnionError;
import org.tunic.router.stream.socks.OnionRequest;

/**
 * A node's onion services: those it hosts, and the way to those of others.
 *
 * <p>Threads: any.
 */
final class OnionRole implements AutoCloseable {
  private final OnionClient client;
  private final OnionServices services;

  OnionRole(
      Config config,
      Engine engine,
      CircuitPool<DataStream> pool,
      OriginCircuits circuits,
      FlowSettings flow) {
    boolean testing = config.network().testing();
    ServiceCircuits serviceCircuits =
        new ServiceCircuits(
            pool::network,
            pool.guards(),
            new Layer2Guards(engine.random()),
            circuits,
            engine.clock(),
            engine.random());
    HsDirectories directories =
        HsDirectories.over(
            serviceCircuits, testing ? DirClientLimits.TESTING : DirClientLimits.NORMAL);
    client =
        new OnionClient(
            serviceCircuits,
            directories,
            _ -> Optional.empty(),
            flow,
            testing,
            testing,
            engine.clock(),
            engine.random());
    services =
        new OnionServices(
            serviceCircuits, directories, flow, testing, testing, engine.clock(), engine.random());
  }

  /** The services hosted here. */
  OnionServices services() {
    return services;
  }

  /** The way to others. */
  OnionClient client() {
    return client;
  }

  /** Opens a stream for an application; fails as {@code EntryServices} wants it. */
  CompletableFuture<DataStream> visit(OnionRequest request) {
    return client
        .dial(request.service(), request.port(), request.isolation())
        .exceptionallyCompose(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              return CompletableFuture.failedFuture(
                  cause instanceof OnionFailure known
                      ? new EntryFailedException(failure(known.reason()))
                      : cause);
            });
  }

  /** What C tor tells applications, with and without extended errors. */
  private static EntryFailure failure(OnionFailure.Reason reason) {
    return switch (reason) {
      case DESCRIPTOR_NOT_FOUND -> onion(OnionError.NOT_FOUND);
      case DESCRIPTOR_INVALID -> onion(OnionError.INVALID_DESCRIPTOR);
      case INTRODUCTION_FAILED -> onion(OnionError.INTRODUCTION_FAILED);
      case RENDEZVOUS_FAILED -> onion(OnionError.RENDEZVOUS_FAILED);
      case MISSING_CLIENT_AUTHORIZATION -> onion(OnionError.MISSING_AUTHORISATION);
      case WRONG_CLIENT_AUTHORIZATION -> onion(OnionError.BAD_AUTHORISATION);
      case BAD_ADDRESS -> new EntryFailure.Onion(OnionError.BAD_ADDRESS, EndReason.TORPROTOCOL);
      case INTRODUCTION_TIMED_OUT ->
          new EntryFailure.Onion(OnionError.INTRODUCTION_TIMED_OUT, EndReason.TIMEOUT);
      case NO_NETWORK -> new EntryFailure.Ended(EndReason.MISC);
      case TOO_MANY_VISITS -> new EntryFailure.Ended(EndReason.RESOURCELIMIT);
    };
  }

  private static EntryFailure onion(OnionError error) {
    return new EntryFailure.Onion(error, EndReason.RESOLVEFAILED);
  }

  @Override
  public void close() {
    services.close();
    client.close();
  }
}
