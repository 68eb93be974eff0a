package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.tunic.router.circuit.service.Layer2Guards;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.ServiceCircuits.Length;
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
    return new ServiceCircuits(
        pool::network, pool.guards(), new Layer2Guards(random), network.origin, clock, random);
  }

  private static void awaitNetwork(ServiceCircuits circuits) {
    while (circuits.network().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @CsvSource({"LONG, 4", "SHORT, 3", "DIRECT, 1"})
  void build_hasAsManyHops_andEndsAtTheTarget(Length length, int hops) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(8, 2);
        CircuitPool<DataStream> pool = pool(network)) {
      pool.useView(view(network));
      ServiceCircuits circuits = circuits(network, pool);
      awaitNetwork(circuits);
      int before = network.events.size();
      CircuitNetwork.Node target = network.relays.get(5);
      OriginCircuit circuit = circuits.build(target.spec(), length);
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
  void build_withoutNetwork_orWithTooFewRelays_fails() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1);
        CircuitPool<DataStream> pool = pool(network)) {
      ServiceCircuits circuits = circuits(network, pool);
      HopSpec target = network.relays.getFirst().spec();
      CircuitFailedException early =
          assertThrows(CircuitFailedException.class, () -> circuits.build(target, Length.SHORT));
      assertEquals(1, early.hop());
      pool.useView(view(network));
      awaitNetwork(circuits);
      CircuitFailedException few =
          assertThrows(
              CircuitFailedException.class,
              () -> {
                for (int i = 0; i < 50; i++) {
                  circuits.build(relayBesideGuard(network), Length.LONG);
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
