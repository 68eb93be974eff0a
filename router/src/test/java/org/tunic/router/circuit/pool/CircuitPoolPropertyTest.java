package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;

/** Random orders of events keep the promises of the pool. */
class CircuitPoolPropertyTest {
  private static final int STEPS = 1500;
  private static final int[] PORTS = {22, 25, 80, 443, 6667, 9999};

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void pool_anyOrderOfEvents_keepsItsPromises(long seed) {
    SeededRandom random = new SeededRandom(seed);
    PoolFixture fixture = new PoolFixture(seed, PoolFixture.settings(8));
    // Which key and port each stream has, by its host.
    Map<String, IsolationKey> keys = new HashMap<>();
    Map<String, CompletableFuture<String>> results = new LinkedHashMap<>();
    Set<FakeCircuits.Attempt> connected = new HashSet<>();
    for (int step = 0; step < STEPS; step++) {
      act(fixture, random, keys, results, connected, step);
      fixture.turn();
      check(fixture, keys, "seed " + seed + " step " + step);
    }
    fixture.pool.close();
    for (int i = 0; i < 150; i++) {
      fixture.advance(Duration.ofSeconds(1));
    }
    results.forEach((host, result) -> assertTrue(result.isDone(), host + " hangs, seed " + seed));
  }

  private static void act(
      PoolFixture fixture,
      SeededRandom random,
      Map<String, IsolationKey> keys,
      Map<String, CompletableFuture<String>> results,
      Set<FakeCircuits.Attempt> connected,
      int step) {
    List<FakeCircuits.Circuit> building = fixture.network.building();
    List<FakeCircuits.Circuit> open = fixture.network.open();
    List<FakeCircuits.Attempt> unanswered = fixture.network.unanswered();
    switch (random.nextInt(16)) {
      case 0 ->
          fixture.pool.useView(
              TestNetworks.view(TestNetworks.mixed(20 + random.nextInt(60), random)));
      case 1, 2, 3 -> {
        String host = "h" + step + ".test";
        IsolationKey key = IsolationKey.ofGroup(random.nextInt(6));
        keys.put(host, key);
        results.put(host, fixture.open(host, PORTS[random.nextInt(PORTS.length)], key));
      }
      case 4, 5, 6, 7 -> {
        if (!building.isEmpty()) {
          building.get(random.nextInt(building.size())).succeed();
        }
      }
      case 8 -> {
        if (!building.isEmpty()) {
          building
              .get(random.nextInt(building.size()))
              .fail(1 + random.nextInt(3), new DestroyReason(random.nextInt(13)));
        }
      }
      case 9 -> {
        if (!open.isEmpty()) {
          open.get(random.nextInt(open.size())).die(new DestroyReason(random.nextInt(13)));
        }
      }
      case 10, 11 -> {
        if (!unanswered.isEmpty()) {
          FakeCircuits.Attempt attempt = unanswered.get(random.nextInt(unanswered.size()));
          attempt.connect();
          connected.add(attempt);
        }
      }
      case 12 -> {
        if (!unanswered.isEmpty()) {
          unanswered
              .get(random.nextInt(unanswered.size()))
              .end(new EndReason(1 + random.nextInt(14)));
        }
      }
      case 13 -> {
        if (!connected.isEmpty()) {
          FakeCircuits.Attempt attempt = connected.iterator().next();
          connected.remove(attempt);
          attempt.end(EndReason.DONE);
        }
      }
      case 14 -> {
        if (!results.isEmpty() && random.nextInt(4) == 0) {
          List<CompletableFuture<String>> all = new ArrayList<>(results.values());
          all.get(random.nextInt(all.size())).cancel(false);
        }
      }
      default -> fixture.advance(Duration.ofMillis(random.nextInt(20_000)));
    }
  }

  private static void check(PoolFixture fixture, Map<String, IsolationKey> keys, String where) {
    assertTrue(fixture.network.building().size() <= 8, where);
    assertTrue(fixture.network.open().size() <= CircuitStock.MAX_CIRCUITS, where);
    for (FakeCircuits.Circuit circuit : fixture.network.all) {
      Set<IsolationKey> over = new HashSet<>();
      for (FakeCircuits.Attempt attempt : circuit.attempts) {
        over.add(keys.get(attempt.begin.host()));
        assertTrue(circuit.path.exit().policy().allows(attempt.begin.port()), where);
      }
      assertTrue(over.size() <= 1, "streams of two keys on one circuit, " + where);
    }
    Map<String, Integer> sent = new HashMap<>();
    for (FakeCircuits.Attempt attempt : fixture.network.unanswered()) {
      assertEquals(
          1,
          sent.merge(attempt.begin.host(), 1, Integer::sum),
          "a stream asked for twice at a time, " + where);
    }
  }
}
