package org.tunic.daemon.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.CircuitOptions;
import org.tunic.daemon.config.ClientPort;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.EntryOptions;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.pool.CircuitBuilder;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.pool.PoolEvent;
import org.tunic.router.circuit.pool.PoolSettings;
import org.tunic.router.circuit.timeout.BuildTimeStore;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.guard.GuardStore;
import org.tunic.router.guard.SampledGuard;
import org.tunic.router.guard.StateFile;
import org.tunic.router.link.CountedListeners;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.socks.AddressMap;
import org.tunic.router.stream.socks.EntryListener;
import org.tunic.router.stream.socks.EntryRules;
import org.tunic.router.stream.socks.EntryServices;
import org.tunic.router.stream.socks.EntrySettings;
import org.tunic.router.stream.socks.TargetHost;
import org.tunic.router.stream.socks.VirtualNetwork;

/**
 * A node's own use of the network: guards, ready circuits, the ports of applications.
 *
 * <p>Threads: made and closed by one thread; the pool runs on a virtual thread of its own.
 */
final class ClientRole implements AutoCloseable {
  private static final EntrySettings.Protocol SOCKS = new EntrySettings.Protocol.Socks();
  private static final EntrySettings.Protocol HTTP_TUNNEL =
      new EntrySettings.Protocol.HttpTunnel("Tunic " + Version.number());

  private static final Logger LOG = LoggerFactory.getLogger(ClientRole.class);

  private final CircuitPool<DataStream> pool;
  private final GuardStore guardStore;
  private final BuildTimeStore timeStore;
  private final @Nullable RsaIdentity self;
  private volatile NodeRules nodes;
  private volatile Predicate<Relay> guards;
  private final OnionRole onions;
  private final Thread poolThread;
  private final AddressMap map;
  private final EntryServices services;
  private volatile EntryRules entryRules;
  private final boolean usesGuards;
  private final RandomGenerator random;

  /** Ports opened so far: those of the configuration share no circuits but by SessionGroup. */
  private int opened;

  /**
   * @param state the state file, for guards
   * @param origin builds the circuits of onion services
   * @param self our own relay, which never stands in our paths; null if we are none
   * @param events told what happens to circuits and streams
   */
  ClientRole(
      Config config,
      Engine engine,
      StateFile state,
      CircuitBuilder<DataStream> circuits,
      OriginCircuits origin,
      FlowSettings flow,
      @Nullable RsaIdentity self,
      Consumer<PoolEvent> events)
      throws ConfigException {
    Config.Client client = config.client();
    usesGuards = client.entryGuards();
    random = engine.random();
    guardStore = new GuardStore(state, engine.workers());
    timeStore = new BuildTimeStore(state, engine.workers());
    this.self = self;
    nodes = NodeRules.of(config.nodes());
    guards = nodes.guards();
    pool =
        new CircuitPool<>(
            circuits,
            new GuardSet(
                new GuardSettings(
                    client.entryGuards(),
                    client.numEntryGuards(),
                    client.numDirectoryGuards(),
                    client.numPrimaryGuards(),
                    client.guardLifetime(),
                    relay -> guards.test(relay)),
                Version.number(),
                guards(engine),
                engine.random()),
            times(),
            settings(config, nodes),
            new CircuitPool.Environment(
                engine.nanoClock(),
                engine.clock(),
                engine.random(),
                guardStore::save,
                timeStore::save,
                events));
    onions =
        new OnionRole(config, engine, state, pool, origin, flow, nodes.vanguards(config.onions()));
    entryRules = rules(config);
    map = new AddressMap(map(config), engine.random());
    services =
        new EntryServices(
            pool::open, onions::visit, pool::resolve, map, () -> entryRules, engine.nanoClock());
    poolThread = Thread.ofVirtual().name("circuit pool").start(pool);
  }

  /** The network that paths are chosen in; empty before it is known. */
  Optional<PathSelector> network() {
    return pool.network();
  }

  /** The onion services of this node, and the way to others. */
  OnionRole onions() {
    return onions;
  }

  /**
   * Starts the onion services of the configuration that this node was made with.
   *
   * @throws ConfigException if their keys cannot be had
   */
  void startOnions(Config config) throws ConfigException {
    onions.prepare(config.onions(), nodes.vanguards(config.onions())).commit();
  }

  private List<SampledGuard> guards(Engine engine) {
    try {
      return guardStore.load(engine.clock().instant());
    } catch (IOException e) {
      // Choosing other guards silently would undo what they are for.
      throw new UncheckedIOException(e);
    }
  }

  private SavedTimes times() {
    try {
      return timeStore.load();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PoolSettings settings(Config config, NodeRules rules) throws ConfigException {
    Config.Client client = config.client();
    CircuitOptions circuits = config.circuits();
    return new PoolSettings(
        new PathRules(client.distinctSubnets(), self, rules.choices()),
        client.maxCircuitDirtiness(),
        circuits.socksTimeout(),
        circuits.buildTimeout(),
        client.maxPendingCircuits(),
        circuits.longLivedPorts(),
        false, // the ports refuse them, by rules that may change
        circuits.learnTimeout(),
        circuits.streamTimeout(),
        circuits.available(),
        client.newCircuitPeriod(),
        circuits.trackedHosts(),
        circuits.trackExpiry());
  }

  /** A change of configuration that was checked. */
  record Change(
      NodeRules nodes,
      Predicate<Relay> guards,
      PoolSettings settings,
      boolean abandon,
      EntryRules entry,
      AddressMap.Settings map,
      OnionRole.Change onions) {
    /** It is not applied after all. */
    void rollback() {
      onions.rollback();
    }
  }

  /**
   * Reads what another configuration wants of relays, circuits and requests of applications.
   *
   * @throws ConfigException if it cannot be read; nothing has changed then
   */
  Change prepare(Config before, Config next) throws ConfigException {
    NodeRules rules = NodeRules.of(next.nodes());
    return new Change(
        rules,
        rules.guards(),
        settings(next, rules),
        !before.nodes().equals(next.nodes()),
        rules(next),
        map(next),
        onions.prepare(next.onions(), rules.vanguards(next.onions())));
  }

  /** Applies it: circuits over relays that may no longer be wanted take no further streams. */
  void use(Change change) {
    nodes = change.nodes();
    guards = change.guards();
    pool.reconfigure(change.settings(), change.abandon());
    entryRules = change.entry();
    map.use(change.map());
    change.onions().commit();
    if (change.abandon()) {
      onions.abandonCircuits();
    }
  }

  /** A first hop with the addresses that may be connected to; empty if there is none. */
  Optional<ExtendTarget> reachable(ExtendTarget target) {
    return nodes.reachable(target);
  }

  /** Directory caches for our own requests: our guards, so that nobody else learns of us. */
  CacheChooser caches() {
    return usesGuards ? pool.directoryGuards() : CacheChooser.weighted(random);
  }

  /** A newer view of the network. */
  void use(NetworkView view) {
    pool.useView(view);
    onions.networkChanged();
  }

  /** The ports of applications in a configuration. */
  List<ListenerSet.Wanted> ports(Config config, Engine engine, Doors doors) {
    List<ListenerSet.Wanted> ports = new ArrayList<>();
    for (ClientPort port : config.client().socksPorts()) {
      ports.add(wanted("Socks", port, () -> listen("Socks", SOCKS, port, doors.socks(), engine)));
    }
    for (ClientPort port : config.client().httpTunnelPorts()) {
      ports.add(
          wanted(
              "HTTPTunnel",
              port,
              () -> listen("HTTP tunnel", HTTP_TUNNEL, port, doors.httpTunnel(), engine)));
    }
    return ports;
  }

  private static ListenerSet.Wanted wanted(
      String kind, ClientPort port, ListenerSet.Opener opener) {
    return new ListenerSet.Wanted(
        kind + "Port " + text(port.address()) + " " + port.line().value(), port.address(), opener);
  }

  private ListenerSet.Open listen(
      String kind,
      EntrySettings.Protocol protocol,
      ClientPort port,
      CountedListeners sockets,
      Engine engine)
      throws ConfigException {
    EntryListener listener = new EntryListener(settings(protocol, port, opened++), services);
    InetSocketAddress bound =
        ListenerSet.await(listener.open(engine.loops(), sockets, port.address()), port.line());
    LOG.info("Opened {} listener on {}", kind, text(bound));
    return new ListenerSet.Open(bound, listener::close);
  }

  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  static EntrySettings settings(EntrySettings.Protocol protocol, ClientPort port, int group) {
    EntrySettings defaults =
        EntrySettings.of(
            protocol,
            // Groups of the configuration are 0 and above; those we make stay out of their way.
            port.sessionGroup() >= 0 ? port.sessionGroup() : -1 - group);
    return new EntrySettings(
        protocol,
        defaults.sessionGroup(),
        new EntrySettings.Isolation(
            port.isolation().contains(ClientPort.Isolation.CLIENT_ADDR),
            port.isolation().contains(ClientPort.Isolation.SOCKS_AUTH),
            port.isolation().contains(ClientPort.Isolation.CLIENT_PROTOCOL),
            port.isolation().contains(ClientPort.Isolation.DEST_PORT),
            port.isolation().contains(ClientPort.Isolation.DEST_ADDR)),
        port.isolationKeepsCircuits(),
        port.preferNoAuth(),
        port.extendedErrors(),
        new EntrySettings.Traffic(
            port.ipv4Traffic(),
            port.ipv6Traffic(),
            port.preferIpv6(),
            port.preferIpv6Automap(),
            port.dnsRequest(),
            port.onionTraffic()),
        defaults.negotiationTimeout(),
        defaults.requestTimeout());
  }

  private static EntryRules rules(Config config) {
    EntryOptions options = config.client().entry();
    return new EntryRules(
        options.safeSocks(),
        options.testSocks(),
        config.client().rejectInternalAddresses(),
        config.client().rejectInternalAnswers(),
        options.warnPorts(),
        options.rejectPorts());
  }

  private static AddressMap.Settings map(Config config) {
    EntryOptions options = config.client().entry();
    return new AddressMap.Settings(
        options.mapped().stream()
            .map(
                line ->
                    new AddressMap.Rule(
                        host(line.from()), line.fromWildcard(), host(line.to()), line.toWildcard()))
            .toList(),
        options.automap(),
        options.automapSuffixes(),
        network(options.virtualIpv4()),
        network(options.virtualIpv6()));
  }

  /** In the form in which a request names it. */
  private static String host(String text) {
    return TargetHost.parse(text).map(TargetHost::unredacted).orElse(text);
  }

  private static VirtualNetwork network(EntryOptions.VirtualAddresses addresses) {
    return new VirtualNetwork(addresses.base(), addresses.prefixBits());
  }

  @Override
  public void close() {
    onions.close();
    pool.close();
    try {
      poolThread.join(Duration.ofSeconds(5));
      guardStore.flush();
      timeStore.flush();
    } catch (IOException e) {
      LOG.warn("The state file could not be written: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
