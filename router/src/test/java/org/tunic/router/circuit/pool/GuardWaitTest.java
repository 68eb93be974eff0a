package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.circuit.pool.PoolFixture.ALICE;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;

/** Circuits that are built and wait because a better guard may work. */
class GuardWaitTest {
  private static final PoolSettings SETTINGS =
      PoolSettings.defaults(new PathRules(true, null), false);

  /** A pool with one primary guard, which was in use. */
  private static PoolFixture onePrimary(long seed) {
    GuardSettings one = new GuardSettings(true, 0, 0, 1, Duration.ZERO, _ -> true);
    PoolFixture fixture = new PoolFixture(seed, SETTINGS, one);
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    fixture.openAll();
    return fixture;
  }

  private static RsaIdentity guard(FakeCircuits.Circuit circuit) {
    return circuit.path.guard().ids().rsa();
  }

  private static boolean overPrimary(PoolFixture fixture, FakeCircuits.Circuit circuit) {
    return fixture.guards.primaries().contains(guard(circuit));
  }

  private static void failPrimaries(PoolFixture fixture) {
    for (int i = 0; i < 5; i++) {
      fixture.network.building().stream()
          .filter(circuit -> overPrimary(fixture, circuit))
          .forEach(circuit -> circuit.fail(1, DestroyReason.CONNECTFAILED));
      fixture.advance(Duration.ofSeconds(1));
    }
  }

  /** The primary guard has failed, and circuits over others are being built. */
  private static List<FakeCircuits.Circuit> overLowerGuards(PoolFixture fixture) {
    fixture.network.open().forEach(circuit -> circuit.die(DestroyReason.CHANNEL_CLOSED));
    fixture.turn();
    failPrimaries(fixture);
    List<FakeCircuits.Circuit> building = fixture.network.building();
    assertFalse(building.isEmpty());
    building.forEach(circuit -> assertFalse(overPrimary(fixture, circuit)));
    return building;
  }

  /** One circuit over a lower guard is open when the primary guard may be tried again. */
  private static FakeCircuits.Circuit waiting(PoolFixture fixture) {
    List<FakeCircuits.Circuit> lower = overLowerGuards(fixture);
    fixture.advance(Duration.ofMinutes(11));
    lower.getFirst().succeed();
    lower.stream().skip(1).forEach(circuit -> circuit.fail(2, DestroyReason.TIMEOUT));
    fixture.turn();
    return lower.getFirst();
  }

  @Test
  void circuit_overLowerGuardWhilePrimaryIsDown_isUsedAtOnce() {
    PoolFixture fixture = onePrimary(1);
    List<FakeCircuits.Circuit> lower = overLowerGuards(fixture);
    assertEquals(lower.size(), lower.stream().map(GuardWaitTest::guard).distinct().count());
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    lower.getFirst().succeed();
    fixture.turn();
    assertSame(lower.getFirst(), fixture.attempt().circuit);
    fixture.connect();
    assertTrue(result.isDone());
  }

  @Test
  void circuit_thatWaits_isUsedWhenThePrimaryFailsAgain() {
    PoolFixture fixture = onePrimary(2);
    FakeCircuits.Circuit waiting = waiting(fixture);
    fixture.open("a.test", 80, ALICE);
    assertEquals(List.of(), fixture.network.unanswered());
    assertTrue(
        fixture.network.building().stream().anyMatch(circuit -> overPrimary(fixture, circuit)),
        "somebody tries the primary guard");
    failPrimaries(fixture);
    assertSame(waiting, fixture.attempt().circuit);
  }

  @Test
  void circuit_thatWaits_isLeftWhenThePrimaryWorksAndClosedInTheEnd() {
    PoolFixture fixture = onePrimary(3);
    FakeCircuits.Circuit waiting = waiting(fixture);
    fixture.open("a.test", 80, ALICE);
    fixture.openAll();
    assertTrue(overPrimary(fixture, fixture.attempt().circuit));
    fixture.connect();
    assertTrue(waiting.isOpen());
    fixture.advance(Duration.ofMinutes(11));
    assertFalse(waiting.isOpen());
    assertEquals(0, waiting.attempts.size());
  }

  @Test
  void circuit_thatOnlyWaited_isToldNeitherReadyNorGone() {
    PoolFixture fixture = onePrimary(4);
    FakeCircuits.Circuit waiting = waiting(fixture);
    waiting.die(DestroyReason.CHANNEL_CLOSED);
    fixture.turn();
    for (PoolEvent event : fixture.events) {
      switch (event) {
        case PoolEvent.CircuitReady(long id, var _) -> assertNotEquals(waiting.id(), id);
        case PoolEvent.CircuitGone(long id, var _) -> assertNotEquals(waiting.id(), id);
        default -> {}
      }
    }
  }

  @Test
  void circuit_thatWaits_diesAndIsReplaced() {
    PoolFixture fixture = onePrimary(5);
    FakeCircuits.Circuit waiting = waiting(fixture);
    waiting.die(DestroyReason.CHANNEL_CLOSED);
    fixture.turn();
    fixture.open("a.test", 80, ALICE);
    failPrimaries(fixture);
    fixture.openAll();
    assertNotEquals(waiting, fixture.attempt().circuit);
  }

  @Test
  void close_circuitWaits_closesIt() {
    PoolFixture fixture = onePrimary(6);
    FakeCircuits.Circuit waiting = waiting(fixture);
    fixture.pool.close();
    fixture.pool.run();
    assertFalse(waiting.isOpen());
  }

  @Test
  void waiting_manyPredicted_staysWithinTheBoundOfReadyCircuits() {
    PoolFixture fixture = onePrimary(7);
    waiting(fixture);
    // Nothing over the primary guard ever ends, one way or the other.
    fixture.advance(Duration.ofMinutes(5));
    assertTrue(fixture.network.building().size() <= CircuitStock.MAX_READY);
  }

  @Test
  void useView_anotherSelectionApplies_closesCircuitsOverFormerGuards() {
    Set<RsaIdentity> excluded = new HashSet<>();
    GuardSettings filtered =
        new GuardSettings(
            true, 0, 0, 0, Duration.ZERO, relay -> !excluded.contains(relay.ids().rsa()));
    PoolFixture fixture = new PoolFixture(8, SETTINGS, filtered);
    List<Draft> drafts = TestNetworks.drafts(60);
    drafts.subList(0, 40).forEach(Draft::guard);
    drafts.subList(40, 60).forEach(draft -> draft.exit("accept 80,443"));
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    List<FakeCircuits.Circuit> before = fixture.network.open();
    assertFalse(before.isEmpty());
    drafts.subList(4, 40).forEach(draft -> excluded.add(draft.identity));
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    before.forEach(circuit -> assertFalse(circuit.isOpen()));
    assertFalse(fixture.network.open().isEmpty());
    fixture.network.open().forEach(circuit -> assertFalse(excluded.contains(guard(circuit))));
  }
}
