package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.BandwidthWeights;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.pool.CircuitPool;
import org.tunic.router.circuit.pool.OriginCircuitBuilder;
import org.tunic.router.circuit.pool.PoolSettings;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.circuit.service.Vanguards;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.path.PathRules;
import org.tunic.router.stream.DataStream;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/** The circuits of onion services over real circuits in memory. */
@Timeout(60)
final class ServiceCircuitsTest {
  private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
  private final SeededRandom random = new SeededRandom(4);

  private NetworkView view(CircuitNetwork network) {
    return new NetworkView(
        new Lifetime(
            clock.instant(), clock.instant().plusSeconds(3600), clock.instant().plusSeconds(10800)),
        ConsensusParameters.DEFAULTS,
        new BandwidthWeights(Map.of(), BandwidthWeights.DEFAULT_SCALE),
        SharedRandom.NONE,
        network.relays.stream()
            .map(ServiceCircuitsTest::relay)
            .sorted(Comparator.comparing(relay -> relay.ids().rsa()))
            .toList(),
        new DirInfo(network.relays.size(), network.relays.size(), 1, 1, 1, 0.6, true));
  }

  private static Relay relay(CircuitNetwork.Node node) {
    HopSpec spec = node.spec();
    return new Relay(
        "node",
        spec.ids(),
        spec.onionKey(),
        spec.addresses(),
        null,
        EnumSet.of(
            RelayFlag.RUNNING,
            RelayFlag.VALID,
            RelayFlag.FAST,
            RelayFlag.STABLE,
            RelayFlag.GUARD,
            RelayFlag.V2DIR),
        1000,
        ProtocolVersions.EMPTY,
        PolicySummary.REJECT_ALL,
        PolicySummary.REJECT_ALL,
        RelayFamily.NONE,
        null);
  }

  private CircuitPool<DataStream> pool(CircuitNetwork network) {
    CircuitPool<DataStream> pool =
        new CircuitPool<>(
            new OriginCircuitBuilder(network.origin, () -> 0),
            new GuardSet(GuardSettings.DEFAULTS, "Tunic", List.of(), random),
            SavedTimes.NONE,
            PoolSettings.defaults(new PathRules(false, null), true),
            new CircuitPool.Environment(
                System::nanoTime, clock, random, _ -> {}, _ -> {}, _ -> {}));
    Thread.ofVirtual().start(pool);
    return pool;
  }

  private ServiceCircuits circuits(CircuitNetwork network, CircuitPool<DataStream> pool) {
    return circuits(network, pool, Vanguards.Rules.DEFAULT);
  }

  private ServiceCircuits circuits(
      CircuitNetwork network, CircuitPool<DataStream> pool, Vanguards.Rules rules) {
    return new ServiceCircuits(
        pool::network,
        pool.guards(),
        new Vanguards(rules, List.of(), _ -> {}, clock.instant(), random),
        network.origin,
        clock,
        random);
  }

  private static void awaitNetwork(ServiceCircuits circuits) {
    while (circuits.network().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, VISITOR_RENDEZVOUS, 3",
    "false, VISITOR_DIRECTORY, 4",
    "false, VISITOR_INTRODUCTION, 4",
    "false, SERVICE_RENDEZVOUS, 4",
    "false, SERVICE_DIRECTORY, 4",
    "false, SERVICE_INTRODUCTION, 4",
    "false, DIRECT, 1",
    "true, VISITOR_RENDEZVOUS, 4",
    "true, VISITOR_DIRECTORY, 5",
    "true, VISITOR_INTRODUCTION, 5",
    "true, SERVICE_RENDEZVOUS, 5",
    "true, SERVICE_DIRECTORY, 4",
    "true, SERVICE_INTRODUCTION, 4",
    "true, DIRECT, 1"
  })
  void build_hasAsManyHops_andEndsAtTheTarget(boolean full, ServicePurpose purpose, int hops)
      throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(8, 2);
        CircuitPool<DataStream> pool = pool(network)) {
      pool.useView(view(network));
      ServiceCircuits circuits =
          circuits(network, pool, new Vanguards.Rules(Vanguards.Lite.CONSENSUS, full, null, null));
      awaitNetwork(circuits);
      int before = network.events.size();
      CircuitNetwork.Node target = network.relays.get(5);
      OriginCircuit circuit;
      if (purpose == ServicePurpose.VISITOR_RENDEZVOUS) {
        ServiceCircuits.Reached reached = circuits.buildToAny(_ -> true);
        target = network.node(reached.target().ids());
        circuit = reached.circuit();
      } else {
        circuit = circuits.build(target.spec(), purpose);
      }
      assertTrue(circuit.isOpen());
      assertEquals(
          Optional.of(hops),
          network.events.stream()
              .skip(before)
              .filter(CircuitEvent.Launched.class::isInstance)
              .map(event -> ((CircuitEvent.Launched) event).hops())
              .filter(count -> count == hops)
              .findFirst());
      circuit.beginDir().get();
      while (target.asked.isEmpty()) {
        Thread.onSpinWait();
      }
      circuit.close(DestroyReason.FINISHED);
      network.awaitBuilds();
    }
  }

  @Test
  void buildToAny_isNeverTheGuard_soThatEachCircuitIsBuilt() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(6, 2);
        CircuitPool<DataStream> pool = pool(network)) {
      pool.useView(view(network));
      ServiceCircuits circuits = circuits(network, pool);
      awaitNetwork(circuits);
      Set<RelayIds> targets = new HashSet<>();
      for (int i = 0; i < 60; i++) {
        ServiceCircuits.Reached reached = circuits.buildToAny(_ -> true);
        targets.add(reached.target().ids());
        reached.circuit().close(DestroyReason.FINISHED);
      }
      assertEquals(5, targets.size(), "all but the guard");
      network.awaitBuilds();
    }
  }

  @Test
  void build_withoutNetwork_orWithTooFewRelays_fails() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1);
        CircuitPool<DataStream> pool = pool(network)) {
      ServiceCircuits circuits = circuits(network, pool);
      HopSpec target = network.relays.getFirst().spec();
      CircuitFailedException early =
          assertThrows(
              CircuitFailedException.class,
              () -> circuits.build(target, ServicePurpose.VISITOR_RENDEZVOUS));
      assertEquals(1, early.hop());
      pool.useView(view(network));
      awaitNetwork(circuits);
      CircuitFailedException few =
          assertThrows(
              CircuitFailedException.class,
              () -> {
                for (int i = 0; i < 50; i++) {
                  circuits.build(relayBesideGuard(network), ServicePurpose.VISITOR_INTRODUCTION);
                }
              });
      assertTrue(few.hop() >= 2, () -> "position " + few.hop());
      network.awaitBuilds();
    }
  }

  private static HopSpec relayBesideGuard(CircuitNetwork network) {
    return network.relays.getLast().spec();
  }
}
