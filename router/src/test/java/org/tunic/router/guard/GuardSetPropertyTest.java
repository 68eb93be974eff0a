package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.guard.GuardFixture.id;
import static org.tunic.router.guard.GuardFixture.only;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.Relay;
import org.tunic.testing.SeededRandom;

/** Random orders of events, and an attacker on the line, keep the promises of the guard set. */
class GuardSetPropertyTest {
  private static final int GUARDS = 300;
  private static final int MAX_SAMPLE = 60;
  private static final int STEPS = 2500;

  /** One random life of a client. */
  private static final class Life {
    final SeededRandom random;
    final String name;
    final Set<RsaIdentity> excluded = new HashSet<>();
    final GuardFixture fixture;
    final List<GuardUse> building = new ArrayList<>();
    final List<GuardUse> waiting = new ArrayList<>();
    final List<GuardUse> ready = new ArrayList<>();
    String where = "";

    Life(long seed) {
      random = new SeededRandom(seed);
      name = "seed " + seed;
      fixture = new GuardFixture(GUARDS, seed, only(relay -> !excluded.contains(id(relay))));
    }

    Instant now() {
      return fixture.clock.instant();
    }

    GuardUse take(List<GuardUse> from) {
      return from.remove(random.nextInt(from.size()));
    }

    void act(int step) {
      where = name + " step " + step;
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5 -> pick();
        case 6, 7, 8 -> {
          if (!building.isEmpty()) {
            onBuilt(take(building));
          }
        }
        case 9, 10, 11, 12 -> {
          if (!building.isEmpty()) {
            fixture.fail(take(building));
          }
        }
        case 13 -> {
          if (!building.isEmpty()) {
            fixture.set.closed(take(building));
          }
        }
        case 14 -> {
          if (!ready.isEmpty()) {
            fixture.set.closed(take(ready));
          }
        }
        case 15 -> directory();
        case 16 -> changeNetwork();
        case 17 -> fixture.set.online(now());
        default -> fixture.advance(Duration.ofSeconds(random.nextInt(400)));
      }
    }

    private void pick() {
      RsaIdentity exit = fixture.drafts.get(random.nextInt(GUARDS)).identity;
      Predicate<Relay> allowed =
          random.nextInt(3) == 0
              ? relay -> (id(relay).hashCode() ^ exit.hashCode()) % 4 != 0
              : relay -> !id(relay).equals(exit);
      fixture
          .set
          .pick(allowed, now())
          .ifPresent(
              use -> {
                assertTrue(allowed.test(use.relay()), where);
                assertFalse(excluded.contains(id(use)), where);
                assertTrue(fixture.sampled().contains(id(use)), where);
                building.add(use);
              });
    }

    private void directory() {
      fixture
          .set
          .pickDirectory(_ -> random.nextBoolean(), _ -> false, now())
          .ifPresent(
              use -> {
                assertFalse(excluded.contains(id(use)), where);
                switch (random.nextInt(3)) {
                  case 0 -> fixture.fail(use);
                  case 1 -> fixture.succeed(use);
                  default -> fixture.set.closed(use);
                }
              });
    }

    private void onBuilt(GuardUse use) {
      switch (fixture.succeed(use)) {
        case NOW -> ready.add(use);
        case LATER -> {
          assertFalse(fixture.set.primaries().contains(id(use)), where);
          waiting.add(use);
        }
        case NEVER -> assertFalse(fixture.sampled().contains(id(use)), where);
      }
    }

    private void changeNetwork() {
      for (int i = 0; i < 5; i++) {
        Set<RelayFlag> flags = fixture.drafts.get(random.nextInt(GUARDS)).flags;
        if (!flags.remove(RelayFlag.GUARD)) {
          flags.add(RelayFlag.GUARD);
        }
      }
      if (random.nextInt(4) == 0) {
        excluded.clear();
        int share = random.nextInt(100);
        fixture.drafts.stream()
            .filter(_ -> random.nextInt(100) < share)
            .forEach(draft -> excluded.add(draft.identity));
      }
      if (fixture.update()) {
        waiting.forEach(fixture.set::closed);
        waiting.clear();
      }
    }

    void tend() {
      boolean mayWork = fixture.set.primaryMayWork(now());
      List<GuardUse> upgraded = fixture.set.upgrade(now());
      assertTrue(upgraded.isEmpty() || !mayWork, "over a lower guard for no reason, " + where);
      assertTrue(waiting.containsAll(upgraded), where);
      waiting.removeAll(upgraded);
      ready.addAll(upgraded);
      List<GuardUse> expired = fixture.set.expire(now());
      assertTrue(waiting.containsAll(expired), where);
      waiting.removeAll(expired);
    }

    void check() {
      Map<String, List<SampledGuard>> samples = new TreeMap<>();
      fixture
          .set
          .sample()
          .forEach(
              guard ->
                  samples.computeIfAbsent(guard.selection(), _ -> new ArrayList<>()).add(guard));
      samples.values().forEach(this::checkSample);
      List<RsaIdentity> primaries = fixture.set.primaries();
      assertTrue(primaries.size() <= 3, where);
      primaries.forEach(primary -> assertFalse(excluded.contains(primary), where));
      List<List<Integer>> places =
          samples.values().stream()
              .map(
                  sample ->
                      primaries.stream()
                          .map(
                              primary ->
                                  sample.stream()
                                      .map(SampledGuard::identity)
                                      .toList()
                                      .indexOf(primary))
                          .toList())
              .toList();
      assertTrue(
          primaries.isEmpty()
              || places.stream()
                  .anyMatch(
                      place ->
                          !place.contains(-1) && place.equals(place.stream().sorted().toList())),
          "primary guards are in the order of one sample, " + where);
    }

    private void checkSample(List<SampledGuard> sample) {
      assertTrue(sample.size() <= MAX_SAMPLE, where);
      assertEquals(
          sample.size(),
          sample.stream().map(SampledGuard::identity).distinct().count(),
          "no guard twice, " + where);
      assertEquals(
          IntStream.range(0, sample.size()).boxed().toList(),
          sample.stream().map(SampledGuard::sampledIndex).toList(),
          where);
      List<Integer> confirmed =
          sample.stream()
              .filter(guard -> guard.confirmed() != null)
              .map(guard -> guard.confirmed().index())
              .toList();
      assertEquals(confirmed.size(), Set.copyOf(confirmed).size(), where);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void set_anyOrderOfEvents_keepsItsPromises(long seed) {
    Life life = new Life(seed);
    for (int step = 0; step < STEPS; step++) {
      life.act(step);
      life.tend();
      life.check();
    }
  }

  /**
   * An attacker on the line lets nobody through for most of a day, while consensuses come and the
   * client tries whatever it is given.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void set_attackerBlocksEveryGuard_triesNoMoreThanTheSample(long seed) {
    SeededRandom random = new SeededRandom(seed);
    GuardFixture fixture = new GuardFixture(1000, seed);
    fixture.confirmPrimaries();
    Set<RsaIdentity> tried = new HashSet<>();
    Instant end = fixture.clock.instant().plus(Duration.ofHours(20));
    while (fixture.clock.instant().isBefore(end)) {
      for (int i = 0; i < 20; i++) {
        fixture
            .set
            .pick(_ -> random.nextInt(10) != 0, fixture.clock.instant())
            .ifPresent(
                use -> {
                  tried.add(id(use));
                  fixture.fail(use);
                });
        fixture
            .set
            .pickDirectory(
                _ -> random.nextBoolean(), _ -> random.nextBoolean(), fixture.clock.instant())
            .ifPresent(
                use -> {
                  tried.add(id(use));
                  fixture.fail(use);
                });
      }
      fixture.advance(Duration.ofSeconds(random.nextInt(900)));
      fixture.update();
    }
    assertTrue(tried.size() > 20, "the attack is one: " + tried.size());
    assertTrue(tried.size() <= MAX_SAMPLE, "tried " + tried.size());
    assertEquals(Set.copyOf(fixture.sampled()), tried);
  }
}
