package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.router.cell.Connected;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelSettings;
import org.tunic.router.channel.ConnectException;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.channel.InMemoryLink;
import org.tunic.router.channel.LoopContexts;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.CircuitPaddingParameters;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;
import org.tunic.testing.SeededRandom;

/**
 * Relays and a client in one process on real event loops, joined by links in memory. Every relay
 * accepts every stream and keeps it in {@link Node#accepted}.
 */
public final class CircuitNetwork implements AutoCloseable {
  private static final int MAX_CELLS = 5000;

  static final Duration TIMEOUT = Duration.ofSeconds(20);

  final EventLoopGroup loops;
  public final List<Node> relays = new ArrayList<>();
  final List<CircuitEvent> events = new CopyOnWriteArrayList<>();
  public final OriginCircuits origin;
  final LoopContexts contexts =
      new LoopContexts(new org.tunic.testing.SeededRandom(1), System::nanoTime);

  static final ProtocolVersions PROTOCOLS = ProtocolVersions.of("FlowCtrl=1-2 Padding=2 Relay=2-4");

  private final SecureRandom random = new SeededRandom(7);
  public final FlowSettings flow;

  /** Whether those who connect to a relay that is not there hear nothing, for ever. */
  public volatile boolean strangersAreSilent;

  /** What the consensus says of padding, to the client and all relays. */
  volatile CircuitPaddingParameters paddingParameters = CircuitPaddingParameters.DEFAULT;

  final CircuitPadding clientPadding = new CircuitPadding(() -> paddingParameters, () -> 0);

  private final LoopScratches scratches;
  private final List<EventLoop> each = new ArrayList<>();
  private final List<InMemoryLink> links = new CopyOnWriteArrayList<>();
  private final int maxCellsAtSecond;
  private int nextLoop;

  public CircuitNetwork(int relayCount, int loopCount) {
    this(relayCount, loopCount, MAX_CELLS);
  }

  /** A network in which the queues of the second relay hold fewer cells. */
  CircuitNetwork(int relayCount, int loopCount, int maxCellsAtSecond) {
    this(relayCount, loopCount, maxCellsAtSecond, FlowParameters.DEFAULT);
  }

  /** A network whose consensus says this about flow control. */
  CircuitNetwork(int relayCount, int loopCount, int maxCellsAtSecond, FlowParameters parameters) {
    flow = new FlowSettings(() -> parameters, new FlowCounters());
    this.maxCellsAtSecond = maxCellsAtSecond;
    loops = InMemoryLink.loops(loopCount);
    for (EventExecutor loop : loops) {
      each.add((EventLoop) loop);
    }
    scratches = new LoopScratches(loops, () -> new LoopRandom(random), System::nanoTime);
    for (int i = 0; i < relayCount; i++) {
      relays.add(new Node(i));
    }
    origin =
        new OriginCircuits(
            target -> connect(null, target), scratches, flow, random, events::add, clientPadding);
  }

  /** Path of the relays with these numbers. */
  List<HopSpec> path(int... numbers) {
    List<HopSpec> path = new ArrayList<>();
    for (int number : numbers) {
      path.add(relays.get(number).spec());
    }
    return path;
  }

  /** The relay of these identities. */
  Node node(RelayIds ids) {
    return relays.stream().filter(node -> node.ids.equals(ids)).findFirst().orElseThrow();
  }

  OriginCircuit build(int... numbers) throws Exception {
    return origin.build(path(numbers), TIMEOUT).get(20, TimeUnit.SECONDS);
  }

  private CompletableFuture<Channel> connect(@Nullable Node from, ExtendTarget target) {
    for (Node node : relays) {
      if (node.ids.equals(target.ids())) {
        if (node.dead) {
          break;
        }
        return CompletableFuture.supplyAsync(() -> node.linkFrom(from));
      }
    }
    return strangersAreSilent
        ? new CompletableFuture<>()
        : CompletableFuture.failedFuture(
            new ConnectException(ConnectException.Reason.REFUSED, "nobody there"));
  }

  private synchronized EventLoop loop() {
    return each.get(nextLoop++ % each.size());
  }

  /** One relay. */
  public final class Node {
    final RelayIds ids;
    final NtorOnionKeypair onionKey;
    final CellCounters counters = new CellCounters();
    final CircuitPadding padding =
        new CircuitPadding(
            () -> paddingParameters, () -> counters.written(CellCounters.Kind.RELAY));
    final RelayCircuits circuits;
    public final List<IncomingStream> asked = new CopyOnWriteArrayList<>();

    private volatile boolean dead;
    final List<DataStream> accepted = new CopyOnWriteArrayList<>();
    final List<InMemoryLink> incoming = new CopyOnWriteArrayList<>();
    private final Map<Object, Channel> channels = new ConcurrentHashMap<>();
    final NodeLimits limits;
    private final OnionSkins onionSkins;

    final ServicePoints servicePoints =
        new ServicePoints(() -> ServicePoints.Rules.DEFAULTS, System::nanoTime);

    Node(int number) {
      LimitCounters counted = new LimitCounters();
      limits =
          new NodeLimits(
              counted,
              QueueRules.bounded(number == 1 ? maxCellsAtSecond : MAX_CELLS),
              new DosDefences(counted, System::nanoTime, random),
              System::nanoTime);
      onionSkins =
          new OnionSkins(1, () -> OnionQueueRules.DEFAULT, limits.counters(), System::nanoTime);
      byte[] rsa = new byte[20];
      byte[] ed = new byte[32];
      rsa[0] = (byte) (number + 1);
      ed[0] = (byte) (number + 1);
      ids = new RelayIds(new RsaIdentity(Bytes.copyOf(rsa)), new Ed25519Identity(Bytes.copyOf(ed)));
      onionKey = NtorOnionKeypair.generate(random);
      circuits =
          new RelayCircuits(
              new RelayCircuits.Settings(
                  ids,
                  () -> List.of(onionKey),
                  new ExtendRules(true, () -> false, _ -> java.util.Optional.empty()),
                  flow,
                  padding),
              target -> connect(this, target),
              new Accepting(),
              servicePoints,
              onionSkins,
              limits,
              contexts,
              scratches,
              random);
    }

    public HopSpec spec() {
      try {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return new HopSpec(
            ids, onionKey.publicKey(), List.of(new InetSocketAddress(loopback, 9001)), PROTOCOLS);
      } catch (java.net.UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    /** The one channel from {@code from} (null: the client) to this relay, seen from there. */
    Channel linkFrom(@Nullable Node from) {
      return channels.computeIfAbsent(
          from == null ? "client" : from,
          key -> {
            InMemoryLink link =
                InMemoryLink.onLoops(loop(), end(from == null ? null : from), loop(), end(this));
            links.add(link);
            incoming.add(link);
            return link.initiator();
          });
    }

    /** Circuits of services that wait, or waited, for introductions here. */
    public long introductionsEstablished() {
      return servicePoints.counted(ServicePoints.EstablishIntroResult.SUCCESS);
    }

    /** Closes all channels to this relay; nobody opens one any more. */
    public void kill() {
      dead = true;
      hangUp();
    }

    /** Closes all channels to this relay; new ones may be opened. */
    public void hangUp() {
      channels.clear();
      List<InMemoryLink> closing = List.copyOf(incoming);
      incoming.removeAll(closing);
      closing.forEach(InMemoryLink::close);
    }

    private InMemoryLink.End end(@Nullable Node node) {
      return new InMemoryLink.End(
          node == null ? null : node.ids,
          new ChannelSettings(
              node == null ? null : node.circuits,
              node == null ? new CellCounters() : node.counters,
              node == null ? new NodeLimits(QueueRules.bounded(MAX_CELLS)) : node.limits,
              System::nanoTime),
          contexts);
    }

    private final class Accepting implements StreamAcceptor {
      @Override
      public void onBegin(IncomingStream stream) {
        asked.add(stream);
        accepted.add(stream.accept(Connected.WITHOUT_ADDRESS));
      }

      @Override
      public void onBeginDir(IncomingStream stream) {
        onBegin(stream);
      }

      @Override
      public void onResolve(IncomingResolve resolve) {
        resolve.answer(new org.tunic.router.cell.Resolved(List.of()));
      }
    }
  }

  /** Closes all channels; new ones may be opened. */
  public void hangUpAll() {
    relays.forEach(Node::hangUp);
  }

  /** Waits, for 10 seconds at most, until no circuit is being built, so that none outlives us. */
  public void awaitBuilds() {
    for (int i = 0; i < 1000 && building() > 0; i++) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  private long building() {
    long building = 0;
    for (CircuitEvent event : events) {
      switch (event) {
        case CircuitEvent.Launched _ -> building++;
        case CircuitEvent.Built _, CircuitEvent.Failed _ -> building--;
        case CircuitEvent.Extended _, CircuitEvent.Closed _ -> {}
      }
    }
    return building;
  }

  @Override
  public void close() {
    for (InMemoryLink link : links) {
      link.close();
    }
    for (Node node : relays) {
      node.onionSkins.close();
    }
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
