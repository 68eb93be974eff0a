package org.tunic.daemon.wiring;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.FallbackDir;
import org.tunic.daemon.config.LinkOptions;
import org.tunic.daemon.config.MetricsPort;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.log.LogSetup;
import org.tunic.daemon.metrics.MetricSources;
import org.tunic.daemon.metrics.MetricsListener;
import org.tunic.daemon.metrics.NodeMetrics;
import org.tunic.daemon.metrics.ServiceMetric;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.fetch.BootstrapPhase;
import org.tunic.directory.fetch.BootstrapProgress;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.fetch.DirServers;
import org.tunic.directory.fetch.DirectoryDocuments;
import org.tunic.directory.fetch.DirectoryFetcher;
import org.tunic.directory.fetch.DirectoryListener;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.fetch.FetchSettings;
import org.tunic.directory.serve.DirectoryResponder;
import org.tunic.directory.serve.DocumentBoard;
import org.tunic.directory.serve.DocumentSet;
import org.tunic.directory.store.DirectoryStore;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.onion.host.OnionServices;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelEvent;
import org.tunic.router.channel.ChannelManager;
import org.tunic.router.channel.ChannelManagerSettings;
import org.tunic.router.channel.ChannelSettings;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.ConnectException;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.channel.PaddingParameters;
import org.tunic.router.channel.PaddingRules;
import org.tunic.router.circuit.CircuitEvent;
import org.tunic.router.circuit.DirectoryCircuits;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.ServicePoints;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.CircuitPaddingParameters;
import org.tunic.router.circuit.pool.OriginCircuitBuilder;
import org.tunic.router.circuit.pool.PoolEvent;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.guard.StateFile;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.link.OutboundAddresses;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.begindir.StreamDirectoryTransport;
import org.tunic.router.stream.socks.IsolationKey;

/**
 * One node at work: the parts its configuration asks for, joined together. This is the one place
 * where that happens.
 *
 * <p>Threads: started and closed by one thread; the getters may be called by any.
 */
public final class LiveNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveNode.class);

  private static final Duration DIRECTORY_CIRCUIT_TIMEOUT = Duration.ofSeconds(15);

  private volatile Config config;
  private final Engine engine;
  private final CellCounters counters = new CellCounters();
  private final Machine machine;
  private final NodeBounds bounds;
  private final FlowSettings flow = new FlowSettings(this::flowParameters, new FlowCounters());
  private final BootstrapProgress progress;
  private final ChannelManager channels;
  private final OriginCircuits circuits;
  private final DirectoryCircuits directoryCircuits;
  private final List<DirAuthority> authorities;
  private final DirectoryTransport transport;
  private final ClockSkew skew;
  private final DirectoryFetcher fetcher;
  private final DocumentBoard board = new DocumentBoard();
  private final RequiredProtocols requiredProtocols;
  private final ClientRole client;
  private final @Nullable RelayRole relay;
  private final @Nullable AuthorityRole authority;
  private final DirectoryResponder responder;
  private final ListenerSet listeners = new ListenerSet();
  private final Doors doors;
  private final AtomicInteger ownCircuits = new AtomicInteger();
  private @Nullable NodeMetrics metrics; // guarded by this
  private List<ServiceMetric> serviceMetrics = List.of(); // guarded by this
  private final StateFile state;
  private final @Nullable SelfTest selfTest;
  private final @Nullable Publication publication;
  private io.netty.util.concurrent.@Nullable Future<?> selfTests;
  private volatile PaddingRules padding;
  private volatile CircuitPaddingParameters circuitPadding;

  /**
   * The keys of a node.
   *
   * @param relay present if it is a relay
   * @param authority present if it votes
   */
  public record Keys(Optional<RelayKeystore> relay, Optional<AuthorityKeys> authority) {}

  private LiveNode(
      Config config, Keys keys, Engine engine, Consumer<BootstrapProgress.Event> listener)
      throws ConfigException {
    this.config = config;
    this.padding = padding(config, PaddingParameters.DEFAULT);
    this.circuitPadding = circuitPadding(config, ConsensusParameters.DEFAULTS);
    CircuitPadding padsCircuits =
        new CircuitPadding(() -> circuitPadding, () -> counters.written(CellCounters.Kind.RELAY));
    this.engine = engine;
    this.authorities = authorities(config);
    this.skew =
        new ClockSkew(
            engine.clock(),
            id -> authorities.stream().anyMatch(a -> a.fingerprint().equals(id)),
            id -> view().flatMap(view -> view.byRsa(id)).isPresent());
    this.progress = new BootstrapProgress(listener);
    this.machine = Machine.look();
    machine.check(config.limits().connections());
    this.bounds = new NodeBounds(config.relay().isPresent(), config.limits(), machine, engine);
    this.doors =
        new Doors(
            Doors.Policies.of(config.policies()),
            engine.transport(),
            bounds.limits().traffic().connections());
    this.requiredProtocols =
        new RequiredProtocols(config.relay().isPresent(), config.network().testing());
    this.relay =
        config.relay().isPresent()
            ? new RelayRole(
                config,
                config.relay().get(),
                engine,
                keys.relay().orElseThrow(),
                bounds,
                flow,
                padsCircuits,
                this::channel,
                this::answer,
                this::view,
                () -> new OutboundAddresses(this.config.link().outboundExit()))
            : null;
    this.channels =
        new ChannelManager(
            engine.transport(),
            engine.loops(),
            engine.contexts(),
            channelSettings(),
            engine.clock(),
            engine.random());
    this.circuits =
        new OriginCircuits(
            this::channel,
            engine.scratches(),
            flow,
            engine.random(),
            this::onCircuit,
            padsCircuits);
    this.directoryCircuits = new DirectoryCircuits(circuits, DIRECTORY_CIRCUIT_TIMEOUT);
    this.transport =
        skew.watching(
            new StreamDirectoryTransport(
                this::openDirectoryStream,
                config.network().testing() ? DirClientLimits.TESTING : DirClientLimits.NORMAL));
    this.state = new StateFile(config.directories().data().resolve("state"), engine.clock());
    RsaIdentity self = relay == null ? null : relay.ids().rsa();
    this.client =
        new ClientRole(
            config,
            engine,
            state,
            new OriginCircuitBuilder(circuits, this::cellsHeard),
            circuits,
            flow,
            self,
            this::onPool);
    this.fetcher = fetcher(self);
    this.authority =
        config.authority().isPresent()
            ? new AuthorityRole(
                config,
                config.authority().get(),
                keys.authority().orElseThrow(),
                keys.relay().orElseThrow().keys().ids(),
                engine,
                authorities,
                transport,
                board,
                channels::reach)
            : null;
    this.selfTest = relay == null ? null : selfTest(relay);
    this.publication =
        relay == null || selfTest == null
            ? null
            : new Publication(
                relay,
                authority,
                authorities,
                transport,
                board,
                engine.clock(),
                config.network().testing(),
                selfTest);
    this.responder =
        authority == null
            ? new DirectoryResponder(board, engine.clock())
            : new DirectoryResponder(board, engine.clock(), authority);
  }

  private SelfTest selfTest(RelayRole relaying) {
    CircuitsToUs toUs =
        new CircuitsToUs(
            client::network,
            circuits,
            family -> relaying.descriptor().flatMap(own -> own.asHop(family)),
            engine.random());
    return new SelfTest(
        relaying::configured,
        config.client().distinctSubnets(),
        toUs::build,
        engine.clock(),
        this::onReachable);
  }

  private void onReachable() {
    if (publication != null) {
      publication.update();
    }
  }

  private FlowParameters flowParameters() {
    return view().map(view -> FlowParameters.of(view.params())).orElse(FlowParameters.DEFAULT);
  }

  /**
   * Starts a node.
   *
   * @param listener told of each step of the bootstrap
   * @throws ConfigException when a port cannot be had: one line for the operator
   */
  public static LiveNode start(
      Config config, Keys keys, Engine engine, Consumer<BootstrapProgress.Event> listener)
      throws ConfigException {
    LiveNode node = new LiveNode(config, keys, engine, listener);
    try {
      node.open();
      return node;
    } catch (ConfigException e) {
      node.close();
      throw e;
    }
  }

  private void open() throws ConfigException {
    client.startOnions(config);
    listeners.prepare(ports(config)).commit();
    if (relay != null) {
      relay.listening(listeners);
      relay.keepHistory(state);
    }
    progress.reached(BootstrapPhase.STARTING);
    if (publication != null && selfTest != null && relay != null) {
      publication.start(); // before the first vote, which should list us
      relay.rotateKeys(state, this::parameters, publication::changed);
      selfTests =
          engine.loops().next().scheduleWithFixedDelay(selfTest::tick, 1, 1, TimeUnit.SECONDS);
    }
    if (authority != null) {
      authority.start(fetcher);
    }
    fetcher.start();
  }

  private ConsensusParameters parameters() {
    return view().map(NetworkView::params).orElse(ConsensusParameters.DEFAULTS);
  }

  private List<ListenerSet.Wanted> ports(Config wanted) {
    List<ListenerSet.Wanted> ports = new ArrayList<>();
    if (relay != null && wanted.relay().isPresent()) {
      ports.addAll(relay.ports(wanted.relay().get(), channels, doors));
    }
    ports.addAll(client.ports(wanted, engine, doors));
    wanted
        .metrics()
        .ifPresent(
            port ->
                ports.add(
                    new ListenerSet.Wanted(
                        "MetricsPort " + ClientRole.text(port.address()),
                        port.address(),
                        () -> listen(port))));
    return ports;
  }

  private ListenerSet.Open listen(MetricsPort port) throws ConfigException {
    ListeningPort listener =
        ListenerSet.await(
            MetricsListener.open(
                engine.loops(),
                doors.metrics(),
                port.address(),
                this::scrape,
                engine.workers(),
                engine.clock()),
            port.line());
    LOG.info("Opened Metrics listener on {}", ClientRole.text(listener.address()));
    return new ListenerSet.Open(listener.address(), listener::close);
  }

  /** Made when somebody asks for the first time. */
  private synchronized String scrape() {
    if (metrics == null) {
      metrics = new NodeMetrics(metricSources(), serviceMetrics);
    }
    return metrics.scrape();
  }

  private MetricSources metricSources() {
    RelayRole relaying = relay;
    return new MetricSources(
        counters,
        bounds.limits().counters(),
        bounds.limits().traffic(),
        flow.counters(),
        relaying == null
            ? new ServicePoints(() -> ServicePoints.Rules.DEFAULTS, engine.nanoClock())
            : relaying.servicePoints(),
        () -> ownCircuits.get() + openCircuits(),
        machine::descriptors,
        () ->
            relaying == null
                ? Set.of()
                : view()
                    .flatMap(view -> view.byRsa(relaying.ids().rsa()))
                    .map(Relay::flags)
                    .orElse(Set.of()),
        LogSetup::bugs,
        () -> relaying == null ? OptionalLong.empty() : relaying.offlineKeyExpiry(),
        client.onions()::hosted);
  }

  /**
   * Opens what another configuration needs, and checks that it can be applied.
   *
   * @param next one that {@link org.tunic.daemon.config.Transition} allows
   * @throws ConfigException if it cannot; nothing has changed then
   */
  public Prepared prepare(Config next) throws ConfigException {
    if (relay != null) {
      relay.check(next.relay().orElseThrow());
    }
    Doors.Policies policies = Doors.Policies.of(next.policies());
    ClientRole.Change own = client.prepare(config, next);
    try {
      return new Prepared(next, policies, own, listeners.prepare(ports(next)));
    } catch (ConfigException e) {
      own.rollback();
      throw e;
    }
  }

  /** A change of configuration that has begun: exactly one of its methods is called. */
  public final class Prepared {
    private final Config next;
    private final Doors.Policies policies;
    private final ClientRole.Change own;
    private final ListenerSet.Change ports;

    private Prepared(
        Config next, Doors.Policies policies, ClientRole.Change own, ListenerSet.Change ports) {
      this.own = own;
      this.next = next;
      this.policies = policies;
      this.ports = ports;
    }

    /**
     * Applies it.
     *
     * @throws ConfigException if a port cannot be had that could not be tried before; all else is
     *     applied nevertheless
     */
    public void commit() throws ConfigException {
      Config before = config;
      config = next;
      bounds.use(next.limits());
      usePadding(parameters());
      doors.use(policies);
      client.use(own);
      try {
        ports.commit();
      } finally {
        if (relay != null) {
          applyToRelay(relay, before.relay().orElseThrow(), next.relay().orElseThrow());
        }
      }
    }

    /** Leaves everything as it was. */
    public void rollback() {
      own.rollback();
      ports.rollback();
    }
  }

  private void applyToRelay(RelayRole relaying, Config.Relay before, Config.Relay next)
      throws ConfigException {
    relaying.apply(next);
    relaying.listening(listeners);
    if (publication == null || selfTest == null || next.equals(before)) {
      return;
    }
    if (!next.addresses().equals(before.addresses()) || !next.orPorts().equals(before.orPorts())) {
      selfTest.reset();
    }
    publication.update();
    publication.changed();
  }

  /** Closes all ports and refuses new circuits; what is in use goes on. */
  public void stopAccepting() {
    if (relay != null) {
      relay.stopAccepting();
    }
    listeners.close();
  }

  /** A channel for circuits of our own, or for extending those of others. */
  private CompletableFuture<Channel> channel(ExtendTarget target) {
    if (relay != null) {
      return channels.get(target); // which the configuration must not restrict
    }
    return client
        .reachable(target)
        .map(channels::get)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new ConnectException(
                        ConnectException.Reason.NETWORK,
                        "the configuration allows none of its addresses")));
  }

  /** Cells of whatever kind that came over any channel. */
  private long cellsHeard() {
    long sum = 0;
    for (CellCounters.Kind kind : CellCounters.Kind.values()) {
      sum += counters.read(kind);
    }
    return sum;
  }

  private CircuitAcceptor acceptor(RelayRole relaying) {
    CircuitAcceptor circuitsOfOthers = relaying.acceptor();
    return (channel, circuitId, create) -> {
      if (selfTest != null) {
        selfTest.onCreate(channel.initiator(), channel.remoteAddress());
      }
      circuitsOfOthers.accept(channel, circuitId, create);
    };
  }

  private ChannelManagerSettings channelSettings() {
    RelayRole relaying = relay;
    return ChannelManagerSettings.of(
            new ChannelSettings(
                relaying == null ? null : acceptor(relaying),
                counters,
                bounds.limits(),
                () -> padding,
                engine.nanoClock()),
            engine.tls(),
            () -> relaying == null ? Optional.empty() : relaying.credentials().get(),
            () -> relaying == null ? List.of() : relaying.addresses())
        .withMaxAccepted(machine.accepted(ChannelManagerSettings.DEFAULT_MAX_ACCEPTED))
        .withOutbound(() -> new OutboundAddresses(config.link().outboundOr()))
        .withEvents(this::onChannel);
  }

  private DirectoryFetcher fetcher(@Nullable RsaIdentity self) {
    boolean caches = config.relay().isPresent() && config.relay().get().directoryCache();
    boolean testing = config.network().testing();
    return new DirectoryFetcher(
        caches
            ? FetchSettings.cache(config.client().pathsNeeded(), testing)
            : FetchSettings.client(config.client().pathsNeeded(), testing),
        new DirServers(
            authorities,
            fallbacks(config),
            caches ? CacheChooser.weighted(engine.random()) : client.caches(),
            self),
        new DirectoryStore(config.directories().cache()),
        transport,
        engine.clock(),
        engine.random(),
        progress,
        new DirectoryListener() {
          @Override
          public void onView(NetworkView view) {
            LiveNode.this.onView(view);
          }

          @Override
          public void onDocuments(DirectoryDocuments documents) {
            LiveNode.this.onDocuments(documents);
          }
        });
  }

  private synchronized void usePadding(ConsensusParameters params) {
    padding = padding(config, PaddingParameters.of(params));
    circuitPadding = circuitPadding(config, params);
  }

  private static CircuitPaddingParameters circuitPadding(
      Config config, ConsensusParameters params) {
    LinkOptions link = config.link();
    return CircuitPaddingParameters.of(params)
        .with(link.circuitPadding(), link.reducedCircuitPadding());
  }

  private static PaddingRules padding(Config config, PaddingParameters parameters) {
    LinkOptions link = config.link();
    return new PaddingRules(
        parameters,
        switch (link.padding()) {
          case NO -> PaddingRules.Wish.NEVER;
          case AUTO -> PaddingRules.Wish.AUTO;
          case YES -> PaddingRules.Wish.ALWAYS;
        },
        link.reducedPadding(),
        config.relay().isPresent(),
        link.keepalive());
  }

  private static List<DirAuthority> authorities(Config config) {
    List<DirAuthority> all = new ArrayList<>();
    for (org.tunic.daemon.config.DirAuthority line : config.network().authorities()) {
      List<InetSocketAddress> orPorts = new ArrayList<>();
      line.orPort().ifPresent(orPorts::add);
      line.orPort6().ifPresent(orPorts::add);
      all.add(
          new DirAuthority(
              line.nickname().orElse("authority"),
              line.v3Identity().orElse(null),
              line.fingerprint(),
              orPorts,
              line.dirPort()));
    }
    return all;
  }

  private static List<DirServer.Fallback> fallbacks(Config config) {
    List<DirServer.Fallback> all = new ArrayList<>();
    for (FallbackDir line : config.network().fallbacks()) {
      List<InetSocketAddress> orPorts = new ArrayList<>(List.of(line.orPort()));
      line.orPort6().ifPresent(orPorts::add);
      all.add(new DirServer.Fallback(RelayIds.ofRsa(line.fingerprint()), orPorts, line.weight()));
    }
    return all;
  }

  // ---- what the parts tell each other ----

  private void onView(NetworkView view) {
    bounds.use(view);
    usePadding(view.params());
    client.use(view);
    if (view.dirInfo().enough() && !config.client().servesApplications()) {
      // Nobody asks this node for circuits: it is ready when it could build them.
      progress.reached(BootstrapPhase.DONE);
    }
  }

  private void onDocuments(DirectoryDocuments documents) {
    documents
        .consensuses()
        .values()
        .forEach(
            c -> skew.consensus(c.flavor(), c.lifetime().validAfter(), c.preamble().distSeconds()));
    DocumentSet.Builder set =
        new DocumentSet.Builder()
            .certificates(documents.certificates().values())
            .microdescriptors(documents.microdescriptors().values())
            .descriptors(documents.descriptors().values());
    documents.consensuses().values().forEach(set::consensus);
    documents.consensuses().values().stream()
        .findFirst()
        .ifPresent(consensus -> requiredProtocols.check(consensus.preamble()));
    DocumentSet cached = set.build();
    board.change(d -> d.withCached(cached));
    if (authority != null) {
      authority.certificates(documents.certificates().values());
      documents.consensus(ConsensusFlavor.NS).ifPresent(authority::consensus);
    }
  }

  /** Everybody may have these documents: it does not matter who asks, and how. */
  private DirAnswer answer(DirRequest request, boolean anonymous) {
    return responder.answer(request);
  }

  private CompletableFuture<DataStream> openDirectoryStream(DirServer server) {
    return directoryCircuits
        .open(server)
        .whenComplete(
            (stream, failure) -> {
              if (failure == null) {
                progress.reached(BootstrapPhase.REQUESTING_STATUS);
              }
            });
  }

  private void onChannel(ChannelEvent event) {
    switch (event) {
      case ChannelEvent.Launched _ -> progress.reached(BootstrapPhase.CONN);
      case ChannelEvent.TcpConnected _ -> progress.reached(BootstrapPhase.CONN_DONE);
      case ChannelEvent.Opened opened -> {
        progress.reached(BootstrapPhase.HANDSHAKE_DONE);
        skew.netInfo(opened);
      }
      case ChannelEvent.Failed _, ChannelEvent.Closed _ -> {}
    }
  }

  private void onCircuit(CircuitEvent event) {
    switch (event) {
      case CircuitEvent.Launched(long _, int hops) -> {
        ownCircuits.incrementAndGet();
        if (hops > 1) {
          progress.reached(BootstrapPhase.AP_CONN);
        }
      }
      case CircuitEvent.Built _ -> progress.reached(BootstrapPhase.ONEHOP_CREATE);
      case CircuitEvent.Failed _, CircuitEvent.Closed _ -> ownCircuits.decrementAndGet();
      case CircuitEvent.Extended _ -> {}
    }
  }

  private void onPool(PoolEvent event) {
    if (event instanceof PoolEvent.CircuitReady) {
      progress.reached(BootstrapPhase.DONE);
    }
  }

  // ---- what others ask ----

  private Optional<NetworkView> view() {
    return fetcher.view();
  }

  /** Puts the numbers of what runs beside this node at its MetricsPort. */
  synchronized void show(List<ServiceMetric> numbers) {
    serviceMetrics = List.copyOf(numbers);
    metrics = null;
  }

  /** The onion services of this node, for what runs beside it in the same process. */
  public OnionServices onionServices() {
    return client.onions().services();
  }

  /**
   * Opens a stream to an onion service, for what runs beside this node in the same process.
   *
   * @param isolation streams with different ones share no circuit
   */
  public CompletableFuture<DataStream> dialOnion(HsId service, int port, IsolationKey isolation) {
    return client.onions().dial(service, port, isolation);
  }

  /** RELAY cells read and written since the start. */
  public long relayCells() {
    return counters.read(CellCounters.Kind.RELAY) + counters.written(CellCounters.Kind.RELAY);
  }

  /** Cells read and written since the start. */
  public CellCounters cells() {
    return counters;
  }

  /** Channels that are open now. */
  public int openChannels() {
    return channels.openCount();
  }

  /** Accepted connections that are no channels yet. */
  public int halfOpenChannels() {
    return channels.halfOpenCount();
  }

  /** Circuits of others through this relay that are open now. */
  public int openCircuits() {
    return relay == null ? 0 : relay.circuits().openCount();
  }

  /** What the bounds of this node did. */
  public LimitCounters limitCounters() {
    return bounds.limits().counters();
  }

  /** C tor's line of what the defences of a relay did; empty for a node that is none. */
  Optional<String> dosHeartbeat() {
    return bounds.limits().dos().map(DosDefences::heartbeat);
  }

  /** How far the bootstrap is. */
  public BootstrapProgress.Event progress() {
    return progress.current();
  }

  @Override
  public void close() {
    listeners.close();
    if (selfTests != null) {
      selfTests.cancel(false);
    }
    if (publication != null) {
      publication.close();
    }
    if (authority != null) {
      authority.close();
    }
    fetcher.close();
    client.close();
    directoryCircuits.close();
    channels.close();
    if (relay != null) {
      relay.close();
    }
    bounds.close();
  }
}
