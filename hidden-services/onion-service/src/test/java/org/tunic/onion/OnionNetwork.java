package org.tunic.onion;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsSchedule;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.BandwidthWeights;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.onion.client.OnionClient;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.onion.host.OnionServices;
import org.tunic.router.circuit.CircuitNetwork;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.pool.OriginCircuitBuilder;
import org.tunic.router.circuit.pool.PoolSettings;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.Vanguards;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.DataStream;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/**
 * Relays on real event loops joined by links in memory, one set of directories that every node asks
 * directly, and any number of nodes that visit and host.
 *
 * <p>Threads: any.
 */
public final class OnionNetwork implements AutoCloseable {
  /** MaxCircuitDirtiness of the nodes. */
  public static final Duration DIRTINESS = Duration.ofMinutes(10);

  private static final int RELAYS = 10;
  private static final Set<RelayFlag> FLAGS =
      EnumSet.of(
          RelayFlag.RUNNING,
          RelayFlag.VALID,
          RelayFlag.FAST,
          RelayFlag.STABLE,
          RelayFlag.GUARD,
          RelayFlag.V2DIR,
          RelayFlag.HSDIR,
          RelayFlag.EXIT);
  private static final ProtocolVersions PROTOCOLS =
      ProtocolVersions.of("FlowCtrl=1-2 HSDir=1-2 HSIntro=3-5 HSRend=1-2 Relay=2-4");

  public final CircuitNetwork network = new CircuitNetwork(RELAYS, 2);
  public final ManualClock clock = ManualClock.at("2026-11-22T12:20:00Z");

  /** The newest descriptor of each blinded key. What a test puts here every directory has. */
  public final Map<HsBlindedId, NetdocText> stored = new ConcurrentHashMap<>();

  /** What services brought to which directory. */
  private final Map<HsBlindedId, Map<RsaIdentity, NetdocText>> brought = new ConcurrentHashMap<>();

  /** What becomes of a descriptor on its way to whoever asks. */
  public volatile UnaryOperator<Bytes> onTheWay = UnaryOperator.identity();

  private final Duration interval;
  private final boolean testingNetwork;
  private final ConsensusParameters params;
  private final NetworkView view;
  private final List<Node> nodes = new ArrayList<>();

  /** A network that votes every hour. */
  public OnionNetwork() {
    this(Duration.ofHours(1), false, ConsensusParameters.DEFAULTS);
  }

  /**
   * A network.
   *
   * @param interval between two votes
   * @param testingNetwork whether periods are as short as in a testing network
   * @param params of every consensus
   */
  public OnionNetwork(Duration interval, boolean testingNetwork, ConsensusParameters params) {
    this.interval = interval;
    this.testingNetwork = testingNetwork;
    this.params = params;
    this.view = view(Instant.parse("2026-11-22T12:00:00Z"));
  }

  /** The view that the consensus of {@code validAfter} gives. */
  public NetworkView view(Instant validAfter) {
    HsSchedule schedule =
        testingNetwork
            ? HsSchedule.ofTestingNetwork(interval)
            : HsSchedule.of(HsSchedule.DEFAULT_PERIOD_MINUTES, interval);
    return new NetworkView(
        new Lifetime(
            validAfter, validAfter.plus(interval), validAfter.plus(interval.multipliedBy(3))),
        params,
        new BandwidthWeights(Map.of(), BandwidthWeights.DEFAULT_SCALE),
        new SharedRandom(
            value(schedule.previousRunStart(validAfter)), value(schedule.runStart(validAfter))),
        network.relays.stream()
            .map(node -> relay(node.spec()))
            .sorted(Comparator.comparing(relay -> relay.ids().rsa()))
            .toList(),
        new DirInfo(RELAYS, RELAYS, 1, 1, 1, 0.6, true));
  }

  /** What the run agreed on that ended when this one began. */
  private static SharedRandom.Value value(Instant runStart) {
    return new SharedRandom.Value(
        8, Bytes.copyOf(new SeededRandom(runStart.getEpochSecond()).bytes(32)));
  }

  private static Relay relay(HopSpec spec) {
    return new Relay(
        "node",
        spec.ids(),
        spec.onionKey(),
        spec.addresses(),
        null,
        FLAGS,
        1000,
        PROTOCOLS,
        PolicySummary.ACCEPT_ALL,
        PolicySummary.REJECT_ALL,
        RelayFamily.NONE,
        null);
  }

  /** The first view. */
  public NetworkView view() {
    return view;
  }

  /** Whether a service brought {@code directory} a descriptor of this key. */
  public boolean has(Relay directory, HsBlindedId service) {
    return brought.getOrDefault(service, Map.of()).containsKey(directory.ids().rsa());
  }

  /** The newest one if nobody was brought one by a service: a test has put it there. */
  private Optional<NetdocText> find(Relay directory, HsBlindedId service) {
    Map<RsaIdentity, NetdocText> holders = brought.get(service);
    return Optional.ofNullable(
        holders == null ? stored.get(service) : holders.get(directory.ids().rsa()));
  }

  private synchronized DirAnswer answer(Relay directory, DirRequest request) {
    if (request.method() == DirRequest.Method.GET) {
      String wanted = request.path().substring("/tor/hs/3/".length());
      return stored.keySet().stream()
          .filter(service -> service.unredacted().equals(wanted))
          .findFirst()
          .flatMap(service -> find(directory, service))
          .map(text -> DirAnswer.ok(onTheWay.apply(Bytes.copyOf(text.bytes()))))
          .orElse(DirAnswer.empty(404, "Not found"));
    }
    try {
      NetdocText text = NetdocText.of(request.body().toArray());
      HsDescriptor descriptor =
          HsDescriptor.parse(text, HsDescriptor.DEFAULT_MAX_LENGTH, clock.instant());
      stored.put(descriptor.blindedId(), text);
      brought
          .computeIfAbsent(descriptor.blindedId(), _ -> new ConcurrentHashMap<>())
          .put(directory.ids().rsa(), text);
      return DirAnswer.empty(200, "OK");
    } catch (DocumentSyntaxException e) {
      return DirAnswer.empty(400, "Invalid HS descriptor. Rejected.");
    }
  }

  /** Directories that answer at once. */
  public HsDirectories directories() {
    return new HsDirectories((_, directory, request) -> answer(directory, request));
  }

  /** A node with guards of its own. */
  public Node node(int seed) {
    return node(seed, _ -> Optional.empty());
  }

  public synchronized Node node(int seed, Function<HsId, Optional<HsClientKeypair>> keys) {
    Node node = new Node(seed, keys, true);
    nodes.add(node);
    return node;
  }

  /** One that knows no relay yet. */
  public synchronized Node lateNode(int seed) {
    Node node = new Node(seed, _ -> Optional.empty(), false);
    nodes.add(node);
    return node;
  }

  /** One that visits and hosts. */
  public final class Node implements AutoCloseable {
    public final SeededRandom random;
    public final ServiceCircuits circuits;
    public final OnionClient client;
    public final OnionServices services;
    private final CircuitPool<DataStream> pool;
    private final Thread thread;

    private Node(int seed, Function<HsId, Optional<HsClientKeypair>> keys, boolean knowsNetwork) {
      random = new SeededRandom(seed);
      pool =
          new CircuitPool<>(
              new OriginCircuitBuilder(network.origin, () -> 0),
              new GuardSet(GuardSettings.DEFAULTS, "Tunic", List.of(), random),
              SavedTimes.NONE,
              PoolSettings.defaults(new PathRules(false, null), true),
              new CircuitPool.Environment(
                  System::nanoTime, clock, random, _ -> {}, _ -> {}, _ -> {}));
      thread = Thread.ofVirtual().start(pool);
      if (knowsNetwork) {
        pool.useView(view);
      }
      circuits =
          new ServiceCircuits(
              pool::network,
              pool.guards(),
              new Vanguards(Vanguards.Rules.DEFAULT, List.of(), _ -> {}, clock.instant(), random),
              network.origin,
              clock,
              random);
      while (knowsNetwork && circuits.network().isEmpty()) {
        Thread.onSpinWait(); // until the pool's thread has the view
      }
      client =
          new OnionClient(
              circuits,
              directories(),
              keys,
              network.flow,
              testingNetwork,
              true,
              DIRTINESS,
              clock,
              random);
      services =
          new OnionServices(
              circuits,
              directories(),
              network.flow,
              testingNetwork,
              true,
              DIRTINESS,
              clock,
              random);
    }

    /** The first view of the network comes. */
    public void learnNetwork() {
      learn(view);
    }

    /** Another view of the network comes; it is in use when this returns. */
    public void learn(NetworkView next) {
      pool.useView(next);
      while (circuits.network().map(PathSelector::view).filter(next::equals).isEmpty()) {
        Thread.onSpinWait(); // until the pool's thread has it
      }
      client.networkChanged();
      services.networkChanged();
    }

    @Override
    public void close() {
      services.close();
      client.close();
      pool.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
    network.awaitBuilds();
    network.close();
  }
}
