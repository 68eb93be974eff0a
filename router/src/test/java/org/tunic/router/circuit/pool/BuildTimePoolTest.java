package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.TestNetworks;

/** The pool times the circuits it builds, and learns from them. */
class BuildTimePoolTest {
  private static final Map<String, Integer> FEW =
      Map.of("cbtmincircs", 5, "cbttestfreq", 10, "cbtmaxopencircs", 8);

  private static PoolSettings learning() {
    return new PoolSettings(
        new PathRules(true, null),
        Duration.ofMinutes(10),
        Duration.ofMinutes(2),
        Duration.ZERO,
        32,
        Set.of(22),
        true,
        true,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofSeconds(30),
        List.of(),
        Duration.ofMinutes(30));
  }

  /** A pool that learned from circuits of 100 ms each. */
  private static PoolFixture learned(long seed) {
    PoolFixture fixture = new PoolFixture(seed, learning());
    fixture.pool.useView(TestNetworks.view(PoolFixture.web(), TestNetworks.WEIGHTS, FEW));
    for (int i = 0; i < 10; i++) {
      fixture.advance(Duration.ofMillis(100));
      succeedAll(fixture);
      fixture.advance(Duration.ofSeconds(11));
    }
    succeedAll(fixture);
    fixture.turn();
    return fixture;
  }

  private static void succeedAll(PoolFixture fixture) {
    fixture.network.heard++;
    fixture.network.building().forEach(FakeCircuits.Circuit::succeed);
    fixture.turn();
  }

  @Test
  void firstCircuits_haveTheInitialTimeout() {
    PoolFixture fixture = new PoolFixture(1, learning());
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    assertFalse(fixture.network.building().isEmpty());
    fixture
        .network
        .building()
        .forEach(circuit -> assertEquals(Duration.ofSeconds(60), circuit.timeout));
  }

  @Test
  void learning_launchesCircuitsNowAndThen() {
    PoolFixture fixture = new PoolFixture(2, learning());
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    fixture.openAll();
    int ready = fixture.network.all.size();
    fixture.advance(Duration.ofSeconds(9));
    assertEquals(ready, fixture.network.all.size());
    fixture.advance(Duration.ofSeconds(2));
    assertEquals(ready + 1, fixture.network.all.size());
    for (int i = 0; i < 30; i++) {
      succeedAll(fixture);
      fixture.advance(Duration.ofSeconds(5));
    }
    // Ten unused ones are the most that learning adds to.
    assertEquals(10, fixture.network.open().size());
  }

  @Test
  void slowCircuit_isNotUsedButMeasured() {
    PoolFixture fixture = learned(3);
    int open = fixture.network.open().size();
    assertTrue(open > 0);
    var waiting = fixture.open("example.com", 443, PoolFixture.ALICE);
    fixture.connect();
    assertTrue(waiting.isDone());
    // Another key needs another circuit; all unused ones are taken away first.
    fixture.network.open().stream()
        .filter(circuit -> circuit.attempts.isEmpty())
        .forEach(circuit -> circuit.die(DestroyReason.DESTROYED));
    fixture.turn();
    List<FakeCircuits.Circuit> slow = fixture.network.building();
    assertFalse(slow.isEmpty());
    fixture.advance(Duration.ofSeconds(20));
    // The slow ones timed out long ago: others were launched in their place.
    assertTrue(fixture.network.building().size() > slow.size());
    slow.forEach(FakeCircuits.Circuit::succeed);
    fixture.turn();
    slow.forEach(circuit -> assertFalse(circuit.isOpen(), "a circuit that timed out is closed"));
    assertTrue(
        fixture.events.stream()
            .anyMatch(
                event ->
                    event instanceof PoolEvent.CircuitNotBuilt failed
                        && failed.reason().equals(DestroyReason.TIMEOUT)));
  }

  @Test
  void noCircuitOpen_slowCircuitStaysUsable() {
    PoolFixture fixture = learned(4);
    fixture.network.open().forEach(circuit -> circuit.die(DestroyReason.DESTROYED));
    fixture.turn();
    List<FakeCircuits.Circuit> slow = fixture.network.building();
    assertFalse(slow.isEmpty());
    fixture.advance(Duration.ofSeconds(20));
    slow.getFirst().succeed();
    fixture.turn();
    assertTrue(slow.getFirst().isOpen());
  }

  @Test
  void times_areSavedNowAndThen() {
    PoolFixture fixture = learned(5);
    for (int i = 0; i < 10; i++) { // enough is known by now: only lost circuits are replaced
      fixture.network.open().forEach(circuit -> circuit.die(DestroyReason.DESTROYED));
      fixture.turn();
      fixture.advance(Duration.ofMillis(100));
      succeedAll(fixture);
    }
    assertFalse(fixture.savedTimes.isEmpty());
    assertTrue(fixture.savedTimes.getLast().total() >= 10);
  }

  @Test
  void otherRelaysWanted_abandonsCircuits() {
    PoolFixture fixture = PoolFixture.ready(6);
    Set<FakeCircuits.Circuit> before = Set.copyOf(fixture.network.open());
    fixture.pool.reconfigure(learning(), true);
    fixture.turn();
    before.forEach(circuit -> assertFalse(circuit.isOpen()));
    fixture.openAll();
    assertFalse(fixture.network.open().isEmpty());
    Set<FakeCircuits.Circuit> next = Set.copyOf(fixture.network.open());
    fixture.pool.reconfigure(learning(), false);
    fixture.turn();
    next.forEach(circuit -> assertTrue(circuit.isOpen()));
  }
}
