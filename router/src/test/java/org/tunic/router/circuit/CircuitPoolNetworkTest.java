package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.BandwidthWeights;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.pool.BuiltCircuit;
import org.tunic.router.circuit.pool.CircuitBuilder;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.pool.OriginCircuitBuilder;
import org.tunic.router.circuit.pool.PoolEvent;
import org.tunic.router.circuit.pool.PoolSettings;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.path.Path;
import org.tunic.router.path.PathRules;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.TargetHost;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/** The client's pool on its own thread over real circuits. */
@Timeout(60)
final class CircuitPoolNetworkTest {
  private static final IsolationKey ALICE = IsolationKey.ofGroup(1);
  private static final IsolationKey BOB = IsolationKey.ofGroup(2);
  private static final Set<RelayFlag> ALL =
      EnumSet.of(
          RelayFlag.RUNNING,
          RelayFlag.VALID,
          RelayFlag.FAST,
          RelayFlag.STABLE,
          RelayFlag.GUARD,
          RelayFlag.V2DIR,
          RelayFlag.EXIT);

  private static final class Client implements AutoCloseable {
    final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
    final List<PoolEvent> events = new CopyOnWriteArrayList<>();
    final CircuitPool<DataStream> pool;

    /** All that were ever begun, to wait for before the network goes away. */
    private final List<CompletableFuture<?>> builds = new CopyOnWriteArrayList<>();

    final Thread thread;

    Client(CircuitNetwork network) {
      SeededRandom random = new SeededRandom(1);
      OriginCircuitBuilder builder = new OriginCircuitBuilder(network.origin, () -> 0);
      pool =
          new CircuitPool<>(
              new CircuitBuilder<>() {
                @Override
                public CompletableFuture<BuiltCircuit<DataStream>> build(
                    Path path, Duration timeout, IntConsumer hops) {
                  var circuit = builder.build(path, timeout, hops);
                  builds.add(circuit.handle((built, _) -> built));
                  return circuit;
                }

                @Override
                public long heard() {
                  return builder.heard();
                }
              },
              new GuardSet(GuardSettings.DEFAULTS, "Tunic", List.of(), random),
              SavedTimes.NONE,
              PoolSettings.defaults(new PathRules(false, null), true),
              new CircuitPool.Environment(
                  System::nanoTime, clock, random, _ -> {}, _ -> {}, events::add));
      thread = Thread.ofVirtual().start(pool);
    }

    CompletableFuture<DataStream> open(IsolationKey key) {
      return pool.open(new StreamRequest(TargetHost.parse("example.com").orElseThrow(), 80, key));
    }

    DataStream connect(IsolationKey key) throws Exception {
      return open(key).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      pool.close();
      try {
        thread.join();
        CompletableFuture.allOf(builds.toArray(CompletableFuture[]::new))
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Relay relay(CircuitNetwork.Node node, long bandwidth) {
    HopSpec spec = node.spec();
    return new Relay(
        "node",
        spec.ids(),
        spec.onionKey(),
        spec.addresses(),
        null,
        ALL,
        bandwidth,
        ProtocolVersions.EMPTY,
        PolicySummary.ACCEPT_ALL,
        PolicySummary.REJECT_ALL,
        RelayFamily.NONE,
        null);
  }

  private static NetworkView view(Client client, List<Relay> relays) {
    return new NetworkView(
        new Lifetime(
            client.clock.instant(),
            client.clock.instant().plusSeconds(3600),
            client.clock.instant().plusSeconds(10800)),
        ConsensusParameters.DEFAULTS,
        new BandwidthWeights(Map.of(), BandwidthWeights.DEFAULT_SCALE),
        SharedRandom.NONE,
        relays.stream().sorted(Comparator.comparing(relay -> relay.ids().rsa())).toList(),
        new DirInfo(relays.size(), relays.size(), 1, 1, 1, 0.6, true));
  }

  private static List<Relay> relays(CircuitNetwork network) {
    return network.relays.stream().map(node -> relay(node, 1000)).toList();
  }

  private static Path pathOf(Client client) {
    return client.events.stream()
        .filter(PoolEvent.CircuitReady.class::isInstance)
        .map(event -> ((PoolEvent.CircuitReady) event))
        .filter(ready -> ready.circuit() == lastCircuit(client))
        .map(PoolEvent.CircuitReady::path)
        .findFirst()
        .orElseThrow();
  }

  private static long lastCircuit(Client client) {
    return client.events.stream()
        .filter(PoolEvent.StreamSucceeded.class::isInstance)
        .mapToLong(event -> ((PoolEvent.StreamSucceeded) event).circuit())
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  @Test
  void open_realCircuits_connectsAtTheExitOfThePath() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(6, 2);
        Client client = new Client(network)) {
      client.pool.useView(view(client, relays(network)));
      DataStream stream = client.connect(ALICE);
      assertTrue(stream.isActive());
      Path path = pathOf(client);
      for (CircuitNetwork.Node node : network.relays) {
        assertEquals(
            path.exit().ids().equals(node.ids) ? 1 : 0, node.accepted.size(), "accepted streams");
      }
      long first = lastCircuit(client);
      client.connect(ALICE);
      assertEquals(first, lastCircuit(client), "the same key shares");
      client.connect(BOB);
      assertFalse(first == lastCircuit(client), "another key does not");
    }
  }

  @Test
  void open_guardUnreachable_goesThroughAnother() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1);
        Client client = new Client(network)) {
      List<Relay> relays = new ArrayList<>(relays(network));
      byte[] nobody = new byte[20];
      nobody[0] = 99;
      Relay real = relays.getFirst();
      Relay ghost =
          new Relay(
              "ghost",
              RelayIds.ofRsa(RsaIdentity.of(nobody)),
              real.ntor(),
              real.orPorts(),
              null,
              EnumSet.of(
                  RelayFlag.RUNNING,
                  RelayFlag.VALID,
                  RelayFlag.FAST,
                  RelayFlag.STABLE,
                  RelayFlag.GUARD,
                  RelayFlag.V2DIR),
              1_000_000_000,
              ProtocolVersions.EMPTY,
              PolicySummary.REJECT_ALL,
              PolicySummary.REJECT_ALL,
              RelayFamily.NONE,
              Bytes.EMPTY);
      relays.add(ghost);
      // As a middle it would spoil nearly every path; the weights keep it to the first hop.
      NetworkView even = view(client, relays);
      client.pool.useView(
          new NetworkView(
              even.lifetime(),
              even.params(),
              new BandwidthWeights(
                  Map.ofEntries(
                      Map.entry("Wgg", 10000),
                      Map.entry("Wgm", 10000),
                      Map.entry("Wgd", 1),
                      Map.entry("Wmg", 0),
                      Map.entry("Wmm", 10000),
                      Map.entry("Wme", 10000),
                      Map.entry("Wmd", 10000),
                      Map.entry("Weg", 0),
                      Map.entry("Wem", 10000),
                      Map.entry("Wee", 10000),
                      Map.entry("Wed", 10000),
                      Map.entry("Wgb", 10000),
                      Map.entry("Wmb", 10000),
                      Map.entry("Web", 10000),
                      Map.entry("Wdb", 10000)),
                  BandwidthWeights.DEFAULT_SCALE),
              SharedRandom.NONE,
              even.relays(),
              even.dirInfo()));
      client.connect(ALICE);
      assertTrue(
          client.events.stream()
              .filter(PoolEvent.CircuitNotBuilt.class::isInstance)
              .map(event -> (PoolEvent.CircuitNotBuilt) event)
              .anyMatch(failed -> failed.hop() == 1 && failed.path().guard().equals(ghost)));
    }
  }

  @Test
  void directoryGuards_askedByAnotherThread_answersAGuard() {
    try (CircuitNetwork network = new CircuitNetwork(5, 1);
        Client client = new Client(network)) {
      NetworkView view = view(client, relays(network));
      CacheChooser guards = client.pool.directoryGuards();
      assertTrue(guards.choose(view, CacheChooser.Wish.ANY).isEmpty());
      client.pool.useView(view);
      Relay guard = guards.choose(view, CacheChooser.Wish.ANY).orElseThrow();
      Relay other =
          guards
              .choose(view, new CacheChooser.Wish(Set.of(guard.ids().rsa()), Set.of()))
              .orElseThrow();
      assertFalse(guard.equals(other));
      guards.failed(other.ids().rsa());
      for (int i = 0; i < 20; i++) {
        Relay third = guards.choose(view, CacheChooser.Wish.ANY).orElseThrow();
        assertFalse(other.equals(third), "it was told that this one failed");
      }
    }
  }

  @Test
  void close_withStreams_endsThem() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(4, 2)) {
      DataStream stream;
      Client client = new Client(network);
      try (client) {
        client.pool.useView(view(client, relays(network)));
        stream = client.connect(ALICE);
      }
      assertTrue(stream.closeFuture().await(10, TimeUnit.SECONDS));
      ExecutionException refused =
          assertThrows(
              ExecutionException.class, () -> client.open(ALICE).get(10, TimeUnit.SECONDS));
      assertEquals(
          EndReason.DESTROY,
          assertInstanceOf(StreamEndedException.class, refused.getCause()).reason());
    }
  }
}
