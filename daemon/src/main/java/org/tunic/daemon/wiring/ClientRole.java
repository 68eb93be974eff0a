package org.tunic.daemon.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.ClientPort;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.pool.OriginCircuitBuilder;
import org.tunic.router.circuit.pool.PoolEvent;
import org.tunic.router.circuit.pool.PoolSettings;
import org.tunic.router.guard.GuardParameters;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardStore;
import org.tunic.router.guard.SampledGuard;
import org.tunic.router.guard.StateFile;
import org.tunic.router.path.PathRules;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.SocksListener;
import org.tunic.router.stream.socks.SocksSettings;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.TargetHost;

/**
 * A node's own use of the network: guards, ready circuits, SOCKS ports.
 *
 * <p>Threads: made and closed by one thread; the pool runs on a virtual thread of its own.
 */
final class ClientRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientRole.class);

  private final CircuitPool<DataStream> pool;
  private final GuardStore guardStore;
  private final Thread poolThread;

  /** Ports opened so far: those of the configuration share no circuits but by SessionGroup. */
  private int opened;

  /**
   * @param state the state file, for guards
   * @param self our own relay, which never stands in our paths; null if we are none
   * @param events told what happens to circuits and streams
   */
  ClientRole(
      Config config,
      Engine engine,
      StateFile state,
      OriginCircuits circuits,
      @Nullable RsaIdentity self,
      Consumer<PoolEvent> events) {
    Config.Client client = config.client();
    guardStore = new GuardStore(state, engine.workers());
    PathRules rules = new PathRules(client.distinctSubnets(), self);
    PoolSettings defaults = PoolSettings.defaults(rules, config.network().testing());
    pool =
        new CircuitPool<>(
            new OriginCircuitBuilder(circuits),
            new GuardSet(
                GuardParameters.of(NO_PARAMETERS),
                Version.number(),
                guards(engine),
                engine.random()),
            new PoolSettings(
                rules,
                client.maxCircuitDirtiness(),
                defaults.socksTimeout(),
                defaults.buildTimeout(),
                client.maxPendingCircuits(),
                defaults.longLivedPorts(),
                client.rejectInternalAddresses()),
            new CircuitPool.Environment(
                engine.nanoClock(), engine.clock(), engine.random(), guardStore::save, events));
    poolThread = Thread.ofVirtual().name("circuit pool").start(pool);
  }

  private static final ConsensusParameters NO_PARAMETERS = new ConsensusParameters(Map.of());

  private List<SampledGuard> guards(Engine engine) {
    try {
      return guardStore.load(engine.clock().instant());
    } catch (IOException e) {
      // Choosing other guards silently would undo what they are for.
      throw new UncheckedIOException(e);
    }
  }

  /** Directory caches for our own requests: our guards, so that nobody else learns of us. */
  CacheChooser caches() {
    return pool.directoryGuards();
  }

  /** A newer view of the network. */
  void use(NetworkView view) {
    pool.useView(view);
  }

  /** The SOCKS ports of a configuration. */
  List<ListenerSet.Wanted> ports(Config config, Engine engine, Doors doors) {
    List<ListenerSet.Wanted> ports = new ArrayList<>();
    for (ClientPort port : config.client().socksPorts()) {
      ports.add(
          new ListenerSet.Wanted(
              "SocksPort "
                  + text(port.address())
                  + " "
                  + port.line().value()
                  + (config.client().rejectInternalAddresses() ? " no internal addresses" : ""),
              port.address(),
              () -> listen(port, config, engine, doors)));
    }
    return ports;
  }

  private ListenerSet.Open listen(ClientPort port, Config config, Engine engine, Doors doors)
      throws ConfigException {
    SocksListener listener =
        new SocksListener(
            settings(port, opened++, config), request -> open(port, request), pool::resolve);
    InetSocketAddress bound =
        ListenerSet.await(
            listener.open(engine.loops(), doors.socks(), port.address()), port.line());
    LOG.info("Opened Socks listener on {}", text(bound));
    return new ListenerSet.Open(bound, listener::close);
  }

  /** Opens a stream unless the flags of the port forbid its kind of target. */
  private CompletableFuture<DataStream> open(ClientPort port, StreamRequest request) {
    return allows(port, request.target())
        ? pool.open(request)
        : CompletableFuture.failedFuture(new StreamEndedException(EndReason.EXITPOLICY));
  }

  static boolean allows(ClientPort port, TargetHost target) {
    return switch (target) {
      case TargetHost.Name(String name) ->
          name.toLowerCase(Locale.ROOT).endsWith(".onion")
              ? port.onionTraffic()
              : port.dnsRequest();
      case TargetHost.Literal(InetAddress address) ->
          address instanceof Inet6Address ? port.ipv6Traffic() : port.ipv4Traffic();
    };
  }

  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static SocksSettings settings(ClientPort port, int group, Config config) {
    SocksSettings defaults =
        SocksSettings.of(
            // Groups of the configuration are 0 and above; those we make stay out of their way.
            port.sessionGroup() >= 0 ? port.sessionGroup() : -1 - group,
            config.client().rejectInternalAddresses());
    return new SocksSettings(
        defaults.sessionGroup(),
        new SocksSettings.Isolation(
            port.isolation().contains(ClientPort.Isolation.CLIENT_ADDR),
            port.isolation().contains(ClientPort.Isolation.SOCKS_AUTH),
            port.isolation().contains(ClientPort.Isolation.CLIENT_PROTOCOL),
            port.isolation().contains(ClientPort.Isolation.DEST_PORT),
            port.isolation().contains(ClientPort.Isolation.DEST_ADDR)),
        port.preferNoAuth(),
        defaults.safeSocks(),
        defaults.rejectInternal(),
        defaults.negotiationTimeout(),
        defaults.requestTimeout());
  }

  @Override
  public void close() {
    pool.close();
    try {
      poolThread.join(Duration.ofSeconds(5));
      guardStore.flush();
    } catch (IOException e) {
      LOG.warn("The state file could not be written: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
