package org.tunic.daemon.wiring;

import io.netty.channel.ReflectiveChannelFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.FileProblem;
import org.tunic.daemon.config.ServerPort;
import org.tunic.daemon.keystore.FamilyKeys;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeys;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.statistics.TrafficHistory;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.hsdir.HsDirStore;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.ExitPolicySettings;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelManager;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.circuit.ExtendRules;
import org.tunic.router.circuit.OnionSkins;
import org.tunic.router.circuit.RelayCircuits;
import org.tunic.router.circuit.ServicePoints;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.guard.StateFile;
import org.tunic.router.limits.ConnectionKind;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.link.CountedSockets;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.link.OutboundAddresses;
import org.tunic.router.stream.CountedStreams;
import org.tunic.router.stream.begindir.DirPortListener;
import org.tunic.router.stream.begindir.DirServerLimits;
import org.tunic.router.stream.begindir.DirectoryServer;
import org.tunic.router.stream.exit.ExitAcceptor;
import org.tunic.router.stream.exit.ExitResolver;
import org.tunic.router.stream.exit.ExitSettings;
import org.tunic.router.stream.exit.KnownRelays;
import org.tunic.router.stream.exit.ResolvConf;
import org.tunic.router.stream.exit.TcpDialer;

/**
 * What makes a node a relay: circuits of others, exit streams, a directory cache, the OR and
 * directory ports.
 *
 * <p>Threads: made and closed by one thread.
 */
final class RelayRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayRole.class);

  private static final String OR_PORT = "ORPort ";
  private static final String DIR_PORT = "DirPort ";

  private static final Path SYSTEM_RESOLV_CONF = Path.of("/etc/resolv.conf");

  private final Config config;
  private volatile Config.Relay relay;
  private final Engine engine;
  private final RelayKeystore keystore;
  private final LinkCredentials credentials;
  private volatile ExitPolicy policy;
  private final List<InetAddress> ownOutbound; // addresses we connect from, as at the start

  /** The last ones count; a descriptor may still be made with those before. */
  private final List<FamilyKeys> families = new CopyOnWriteArrayList<>();

  private volatile boolean stopping;
  private final ExitResolver resolver;
  private final OnionSkins onionSkins;
  private final RelayCircuits circuits;
  private final ServicePoints servicePoints;
  private final HsDirStore hsDirStore;
  private final io.netty.util.concurrent.Future<?> hsDirSweep;
  private final DirectoryServer directory;
  private final TrafficHistory history;
  private final io.netty.util.concurrent.Future<?> sampler;
  private final Instant started;
  private io.netty.util.concurrent.@Nullable Future<?> rotations;
  private @Nullable StateFile state;
  private io.netty.util.concurrent.@Nullable Future<?> saver;
  private volatile int orPort;
  private volatile int dirPort;

  /**
   * @param bounds the bounds of the node
   * @param flow what the consensus says of flow control
   * @param padding what holds for padding on circuits
   * @param channels an open channel to a relay
   * @param responder answers directory requests
   * @param view the network as we know it
   * @param outboundExit where exit streams come from
   * @throws ConfigException when the exit policy cannot be read
   */
  RelayRole(
      Config config,
      Config.Relay relay,
      Engine engine,
      RelayKeystore keystore,
      NodeBounds bounds,
      FlowSettings flow,
      CircuitPadding padding,
      Function<ExtendTarget, java.util.concurrent.CompletableFuture<Channel>> channels,
      DirectoryServer.Responder responder,
      Supplier<Optional<NetworkView>> view,
      Supplier<OutboundAddresses> outboundExit)
      throws ConfigException {
    this.config = config;
    this.relay = relay;
    this.engine = engine;
    this.keystore = keystore;
    this.started = engine.clock().instant();
    this.credentials = new LinkCredentials(keystore::keys, engine.clock(), engine.random());
    credentials
        .renew(); // an RSA key is made: here, and not on the event loop of the first connection
    this.ownOutbound =
        Stream.concat(config.link().outboundOr().stream(), config.link().outboundExit().stream())
            .distinct()
            .toList();
    this.policy = policy(relay);
    families.add(families(relay));
    TrafficCounters traffic = bounds.limits().traffic();
    this.history = new TrafficHistory(traffic, engine.clock());
    this.sampler =
        engine.loops().next().scheduleAtFixedRate(history::sample, 1, 1, TimeUnit.SECONDS);
    this.resolver =
        new ExitResolver(
            engine.loops().next(),
            new ReflectiveChannelFactory<>(engine.transport().datagramType()),
            new ReflectiveChannelFactory<>(engine.transport().socketType()),
            resolvConf(),
            relay.exit().ipv6(),
            engine.nanoClock(),
            traffic);
    this.servicePoints = new ServicePoints(bounds::servicePoints, engine.nanoClock());
    this.hsDirStore =
        new HsDirStore(
            engine.clock(),
            () ->
                params(view)
                    .get(
                        "HSV3MaxDescriptorSize",
                        HsDescriptor.DEFAULT_MAX_LENGTH,
                        1,
                        Integer.MAX_VALUE),
            bounds::hsDirBytes);
    this.hsDirSweep =
        engine.loops().next().scheduleAtFixedRate(this::expireHsDir, 5, 5, TimeUnit.MINUTES);
    this.directory =
        new DirectoryServer(
            (request, anonymous) ->
                HsDirStore.isFor(request.path())
                    ? hsDirStore.answer(request, anonymous)
                    : responder.answer(request, anonymous),
            engine.workers(),
            config.authority().isPresent() ? DirServerLimits.AUTHORITY : DirServerLimits.CACHE,
            bounds::uploadBytes,
            engine.clock(),
            traffic,
            new DirPortBandwidth(
                bounds.limits().bandwidth(),
                config.authority().isPresent(),
                bounds::authorityRefuses,
                client -> isOfNetwork(client, view.get())));
    engine.contexts().memory().countBuffers(directory::heldBytes);
    this.onionSkins =
        new OnionSkins(
            engine.cpus(), bounds::onionQueue, bounds.limits().counters(), engine.nanoClock());
    ExitSettings exit = ExitSettings.of(relay.exit().ipv6(), relay.exit().rejectPrivate());
    this.circuits =
        new RelayCircuits(
            new RelayCircuits.Settings(
                keystore.keys().ids(),
                () -> keystore.keys().ntorOnionKeys(),
                new ExtendRules(
                    relay.extendToPrivateAddresses(),
                    () -> this.relay.advertisesIpv6(),
                    id ->
                        view.get()
                            .flatMap(v -> v.byRsa(id))
                            .map(r -> new ExtendTarget(r.ids(), r.orPorts()))),
                flow,
                padding),
            channels,
            new CountedStreams(
                new ExitAcceptor(
                    exit,
                    () -> policy,
                    resolver,
                    new TcpDialer(
                        new CountedSockets(
                            new ReflectiveChannelFactory<>(engine.transport().socketType()),
                            ConnectionKind.EXIT,
                            traffic),
                        engine.transport().socketType(),
                        exit.connectTimeout(),
                        outboundExit),
                    new KnownRelays(
                        address -> isRelay(view.get().orElse(null), address),
                        peer -> mayExit(view.get().orElse(null), peer)),
                    directory::accept,
                    engine.random()),
                traffic),
            servicePoints,
            onionSkins,
            bounds.limits(),
            engine.contexts(),
            engine.scratches(),
            engine.random());
  }

  /** Whether a relay or an authority has the address. */
  private boolean isOfNetwork(InetAddress client, Optional<NetworkView> view) {
    return config.network().authorities().stream()
            .anyMatch(a -> client.equals(a.dirPort().getAddress()))
        || view.stream()
            .flatMap(v -> v.relays().stream())
            .anyMatch(r -> r.orPorts().stream().anyMatch(p -> client.equals(p.getAddress())));
  }

  /** RefuseUnknownExits; as C tor, without a consensus everybody is unknown. */
  private boolean mayExit(@Nullable NetworkView view, RelayIds peer) {
    if (view != null && view.byRsa(peer.rsa()).isPresent()) {
      return true;
    }
    boolean refuses = view == null || view.params().isSet("refuseunknownexits", true);
    return !this.relay.exit().refuseUnknown().orElse(refuses);
  }

  private static ConsensusParameters params(Supplier<Optional<NetworkView>> view) {
    return view.get().map(NetworkView::params).orElse(ConsensusParameters.DEFAULTS);
  }

  private void expireHsDir() {
    engine.workers().execute(hsDirStore::expire);
  }

  /** Where onion services and their clients meet here. */
  ServicePoints servicePoints() {
    return servicePoints;
  }

  private static boolean isRelay(@Nullable NetworkView view, InetSocketAddress address) {
    if (view == null || view.params().get("allow-network-reentry", 0, 0, 1) == 1) {
      return false;
    }
    return view.relays().stream().anyMatch(r -> r.orPorts().contains(address));
  }

  /** The addresses of this machine's interfaces, and those we connect from. */
  private static List<InetAddress> localAddresses(List<InetAddress> outbound)
      throws ConfigException {
    try {
      return Stream.concat(
              outbound.stream(),
              NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses))
          .distinct()
          .toList();
    } catch (SocketException e) {
      throw new ConfigException(
          "ExitPolicyRejectLocalInterfaces: the interfaces cannot be listed: "
              + e.getMessage()
              + "; list the addresses in ExitPolicy instead");
    }
  }

  private FamilyKeys families(Config.Relay wanted) throws ConfigException {
    Config.FamilyIds ids = wanted.familyKeys();
    try {
      return FamilyKeys.load(
          ids.directory().orElse(config.directories().keys()), ids.ids(), ids.all(), LOG::warn);
    } catch (KeystoreException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private ExitPolicy policy(Config.Relay wanted) throws ConfigException {
    return policy(wanted, ownOutbound);
  }

  /**
   * The exit policy of a configuration.
   *
   * @param outbound addresses that we connect from, which are ours too
   */
  static ExitPolicy policy(Config.Relay relay, List<InetAddress> outbound) throws ConfigException {
    Config.Exit exit = relay.exit();
    if (!exit.isWanted()) {
      return ExitPolicy.REJECT_ALL;
    }
    try {
      return ExitPolicy.fromSettings(
          new ExitPolicySettings(
              Optional.of(true),
              exit.policy(),
              exit.reduced(),
              exit.ipv6(),
              exit.rejectPrivate(),
              false,
              Stream.of(relay.publishedIpv4(), relay.publishedIpv6())
                  .flatMap(Optional::stream)
                  .toList(),
              exit.rejectLocalInterfaces() ? localAddresses(outbound) : List.of()));
    } catch (PolicySyntaxException e) {
      throw new ConfigException("ExitPolicy: " + e.getMessage());
    }
  }

  private ResolvConf resolvConf() {
    Path path = relay.exit().resolvConf().orElse(SYSTEM_RESOLV_CONF);
    try {
      return ResolvConf.parse(Files.readString(path, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      LOG.warn("No name servers could be read; exit streams to host names will fail");
      return ResolvConf.parse("");
    }
  }

  /** When the signing key ends, if its master key is kept elsewhere. */
  OptionalLong offlineKeyExpiry() {
    return relay.keys().offlineMaster()
        ? OptionalLong.of(keystore.keys().signingCertificate().expires().getEpochSecond())
        : OptionalLong.empty();
  }

  RelayIds ids() {
    return keystore.keys().ids();
  }

  RelayCircuits circuits() {
    return circuits;
  }

  /** Makes circuits for others, unless we are about to stop. */
  CircuitAcceptor acceptor() {
    return (channel, circuitId, create) -> {
      if (stopping) {
        channel.send(circuitId, new Destroy(DestroyReason.HIBERNATING));
      } else {
        circuits.accept(channel, circuitId, create);
      }
    };
  }

  LinkCredentials credentials() {
    return credentials;
  }

  /** Whether the configuration wants our descriptor uploaded. */
  boolean publishes() {
    return relay.publish();
  }

  /** As it is configured now. */
  Config.Relay configured() {
    return relay;
  }

  /** Where others reach us. */
  List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    relay.publishedIpv4().ifPresent(all::add);
    relay.publishedIpv6().ifPresent(all::add);
    return all;
  }

  /** The OR and directory ports of a configuration. */
  List<ListenerSet.Wanted> ports(Config.Relay wanted, ChannelManager channels, Doors doors) {
    List<ListenerSet.Wanted> ports = new ArrayList<>();
    for (ServerPort port : ServerPort.toListen(wanted.orPorts())) {
      ports.add(
          new ListenerSet.Wanted(
              OR_PORT + ClientRole.text(port.bindAddress()),
              port.bindAddress(),
              () -> listen(port, channels)));
    }
    for (ServerPort port : ServerPort.toListen(wanted.dirPorts())) {
      ports.add(
          new ListenerSet.Wanted(
              DIR_PORT + ClientRole.text(port.bindAddress()),
              port.bindAddress(),
              () -> listenForHttp(port, doors)));
    }
    return ports;
  }

  private static ListenerSet.Open listen(ServerPort port, ChannelManager channels)
      throws ConfigException {
    try {
      InetSocketAddress bound = channels.listen(port.bindAddress());
      LOG.info("Opened OR listener on {}", ClientRole.text(bound));
      return new ListenerSet.Open(bound, () -> channels.stopListening(bound));
    } catch (IOException e) {
      throw ConfigException.cannotListen(port.line(), e);
    }
  }

  private ListenerSet.Open listenForHttp(ServerPort port, Doors doors) throws ConfigException {
    ListeningPort listener =
        ListenerSet.await(
            DirPortListener.open(engine.loops(), doors.directory(), port.bindAddress(), directory),
            port.line());
    LOG.info("Opened Directory listener on {}", ClientRole.text(listener.address()));
    return new ListenerSet.Open(listener.address(), listener::close);
  }

  /** Looks up which ports the descriptor shall name. */
  void listening(ListenerSet listeners) {
    int advertised = ServerPort.advertisedPort(relay.orPorts(), true);
    orPort =
        advertised > 0
            ? advertised
            : listeners.first(OR_PORT).map(InetSocketAddress::getPort).orElse(0);
    dirPort = listeners.first(DIR_PORT).map(InetSocketAddress::getPort).orElse(0);
  }

  /**
   * Takes over what a new configuration says; ports are the caller's matter.
   *
   * @param next with a policy that {@link #check} has seen
   */
  void apply(Config.Relay next) throws ConfigException {
    policy = policy(next);
    families.add(families(next));
    relay = next;
  }

  /**
   * Whether {@link #apply} will take this configuration.
   *
   * @throws ConfigException when the exit policy or a key of a family cannot be read
   */
  void check(Config.Relay next) throws ConfigException {
    policy(next);
    families(next).close();
  }

  /**
   * Starts to renew keys when they are due.
   *
   * @param parameters those of the consensus
   * @param changed told when the descriptor names other keys
   */
  void rotateKeys(StateFile state, Supplier<ConsensusParameters> parameters, Runnable changed) {
    KeyRotation rotation =
        new KeyRotation(keystore, credentials, state, engine.clock(), parameters, changed);
    rotations =
        engine
            .loops()
            .next()
            .scheduleWithFixedDelay(
                () -> engine.workers().execute(rotation::tick),
                1,
                KeyRotation.PERIOD_SECONDS,
                TimeUnit.SECONDS);
  }

  /** Takes up the histories of traffic where the last run stopped, and keeps them from now on. */
  void keepHistory(StateFile file) {
    try {
      history.load(file);
    } catch (IOException e) {
      LOG.warn("The state file cannot be read: {}", FileProblem.of(e));
    }
    state = file;
    long seconds = TrafficHistory.SAVE_PERIOD.toSeconds();
    saver =
        engine
            .loops()
            .next()
            .scheduleAtFixedRate(
                () -> engine.workers().execute(() -> saveHistory(file)),
                seconds,
                seconds,
                TimeUnit.SECONDS);
  }

  private void saveHistory(StateFile file) {
    try {
      history.save(file);
    } catch (IOException e) {
      LOG.warn("The state file cannot be changed: {}", FileProblem.of(e));
    }
  }

  /** From now on new circuits are refused: the relay is going to stop. */
  void stopAccepting() {
    stopping = true;
  }

  /** Makes our descriptor; empty while we do not know an address to publish. */
  Optional<OwnDescriptor> descriptor() {
    RelayKeys keys = keystore.keys();
    return relay
        .publishedIpv4()
        .map(
            ipv4 ->
                new OwnDescriptor(
                    relay,
                    config.authority().isPresent(),
                    keys,
                    families.getLast().keys(),
                    policy,
                    orPort,
                    dirPort,
                    ipv4,
                    started,
                    history));
  }

  @Override
  public void close() {
    sampler.cancel(false);
    hsDirSweep.cancel(false);
    if (rotations != null) {
      rotations.cancel(false);
    }
    if (saver != null) {
      saver.cancel(false);
    }
    if (state != null) {
      history.sample();
      saveHistory(state);
    }
    onionSkins.close();
    resolver.close();
    families.forEach(FamilyKeys::close);
  }
}
