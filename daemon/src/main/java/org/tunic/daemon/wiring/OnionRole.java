package org.tunic.daemon.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsId;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.OnionOptions;
import org.tunic.daemon.keystore.ClientOnionKeys;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.client.OnionClient;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.OnionServices;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.Vanguard;
import org.tunic.router.circuit.service.VanguardStore;
import org.tunic.router.circuit.service.Vanguards;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.guard.StateFile;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.socks.EntryFailedException;
import org.tunic.router.stream.socks.EntryFailure;
import org.tunic.router.stream.socks.EntryFailure.OnionError;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.OnionRequest;

/**
 * A node's onion services: those it hosts, and the way to those of others.
 *
 * <p>Threads: any.
 */
final class OnionRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OnionRole.class);

  private final OnionClient client;
  private final OnionServices services;
  private final HostedOnions hosted;
  private final VanguardStore vanguardStore;
  private final Vanguards vanguards;
  private volatile ClientOnionKeys keys = ClientOnionKeys.none();

  OnionRole(
      Config config,
      Engine engine,
      StateFile state,
      CircuitPool<DataStream> pool,
      OriginCircuits circuits,
      FlowSettings flow,
      Vanguards.Rules rules) {
    boolean testing = config.network().testing();
    boolean privatePoints = config.onions().privatePoints();
    vanguardStore = new VanguardStore(state, engine.workers());
    vanguards =
        new Vanguards(
            rules, saved(), vanguardStore::save, engine.clock().instant(), engine.random());
    ServiceCircuits serviceCircuits =
        new ServiceCircuits(
            pool::network, pool.guards(), vanguards, circuits, engine.clock(), engine.random());
    HsDirectories directories =
        HsDirectories.over(
            serviceCircuits, testing ? DirClientLimits.TESTING : DirClientLimits.NORMAL);
    client =
        new OnionClient(
            serviceCircuits,
            directories,
            service -> keys.keyFor(service),
            flow,
            testing,
            privatePoints,
            config.client().maxCircuitDirtiness(),
            engine.clock(),
            engine.random());
    services =
        new OnionServices(
            serviceCircuits,
            directories,
            flow,
            testing,
            privatePoints,
            config.client().maxCircuitDirtiness(),
            engine.clock(),
            engine.random());
    hosted = new HostedOnions(services, new ServiceTargets(engine.transport()), engine.random());
  }

  private List<Vanguard> saved() {
    try {
      return vanguardStore.load();
    } catch (IOException e) {
      // Choosing others silently would undo what they are for.
      throw new UncheckedIOException(e);
    }
  }

  /** Circuits to services of others take no further streams. */
  void abandonCircuits() {
    client.abandonCircuits();
  }

  /** The services that are hosted now. */
  List<OnionService> hosted() {
    return services.all();
  }

  /** All that are hosted here. */
  OnionServices services() {
    return services;
  }

  /** There is another view of the network. */
  void networkChanged() {
    services.networkChanged();
    client.networkChanged();
  }

  /** A change that was checked; exactly one of its methods is called. */
  final class Change {
    private final HostedOnions.Change services;
    private final ClientOnionKeys newKeys;
    private final Vanguards.Rules rules;

    private Change(HostedOnions.Change services, ClientOnionKeys newKeys, Vanguards.Rules rules) {
      this.services = services;
      this.newKeys = newKeys;
      this.rules = rules;
    }

    /** Applies it. */
    void commit() {
      vanguards.use(rules);
      services.commit();
      ClientOnionKeys old = keys;
      keys = newKeys;
      client.keysChanged();
      old.close();
    }

    /** Leaves everything as it was. */
    void rollback() {
      services.rollback();
      newKeys.close();
    }
  }

  /**
   * Reads the keys that a configuration names.
   *
   * @throws ConfigException if they cannot be had
   */
  Change prepare(OnionOptions options, Vanguards.Rules rules) throws ConfigException {
    HostedOnions.Change change = hosted.prepare(options);
    try {
      return new Change(
          change,
          options.clientKeys().isPresent()
              ? ClientOnionKeys.load(options.clientKeys().get(), LOG::warn)
              : ClientOnionKeys.none(),
          rules);
    } catch (KeystoreException e) {
      change.rollback();
      throw new ConfigException(e.getMessage());
    }
  }

  /** Opens a stream for what runs beside this node. */
  CompletableFuture<DataStream> dial(HsId service, int port, IsolationKey isolation) {
    return client.dial(service, port, isolation);
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
    keys.close();
    try {
      vanguardStore.flush();
    } catch (IOException e) {
      LOG.warn("The state file could not be written: {}", e.getMessage());
    }
  }
}
