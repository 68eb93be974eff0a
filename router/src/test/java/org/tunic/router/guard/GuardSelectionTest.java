package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.guard.GuardFixture.id;
import static org.tunic.router.guard.GuardFixture.only;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.TestNetworks;

/** Which guards there are: the filter, the selections, directory guards, what a torrc says. */
class GuardSelectionTest {
  /** Whether the relay is one of the first {@code n} of the network. */
  private static boolean isAmong(int n, Relay relay) {
    for (int i = 0; i < n; i++) {
      if (TestNetworks.identity(i).equals(id(relay))) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> selections(GuardFixture fixture) {
    return fixture.set.sample().stream().map(SampledGuard::selection).collect(Collectors.toSet());
  }

  // ---- the filter ----

  @Test
  void filter_excludesSome_theyAreNeverUsedButSampled() {
    GuardFixture fixture = new GuardFixture(100, 1, only(relay -> isAmong(50, relay)));
    assertEquals(Set.of("default"), selections(fixture));
    Set<RsaIdentity> used = new HashSet<>();
    Optional<GuardUse> use;
    while ((use = fixture.set.pick(_ -> true, fixture.clock.instant())).isPresent()) {
      assertTrue(isAmong(50, use.get().relay()));
      used.add(id(use.get()));
      fixture.fail(use.get());
    }
    assertTrue(fixture.sampled().size() > used.size(), "the sample is drawn before the filter");
    assertTrue(fixture.sampled().size() <= 20, "and its limit counts those filtered out");
  }

  @Test
  void filter_excludesPrimary_anotherTakesItsPlaceAndItKeepsItsIndex() {
    Set<RsaIdentity> excluded = new HashSet<>();
    GuardFixture fixture = new GuardFixture(400, 2, only(relay -> !excluded.contains(id(relay))));
    fixture.confirmPrimaries();
    List<RsaIdentity> before = fixture.set.primaries();
    excluded.add(before.getFirst());
    fixture.update();
    assertEquals(before.get(1), fixture.set.primaries().getFirst());
    assertEquals(3, fixture.set.primaries().size());
    excluded.clear();
    fixture.update();
    assertEquals(before, fixture.set.primaries());
  }

  // ---- the restricted selection ----

  @Test
  void filter_leavesFew_drawsASampleOfItsOwnFromThose() {
    GuardFixture fixture = new GuardFixture(400, 3, only(relay -> isAmong(40, relay)));
    assertEquals(Set.of("restricted"), selections(fixture));
    assertEquals(20, fixture.sampled().size());
    assertTrue(
        fixture.drafts.subList(0, 40).stream()
            .map(draft -> draft.identity)
            .toList()
            .containsAll(fixture.sampled()));
    assertTrue(isAmong(40, fixture.pick().relay()));
  }

  @Test
  void selection_nearTheLimit_staysWhatItWas() {
    int[] left = {100};
    GuardFixture fixture = new GuardFixture(100, 4, only(relay -> isAmong(left[0], relay)));
    left[0] = 19; // 20 % is the limit, 5 % of that more or less makes a change
    assertFalse(fixture.update());
    left[0] = 18;
    assertTrue(fixture.update());
    assertEquals(Set.of("default", "restricted"), selections(fixture));
    left[0] = 20;
    assertFalse(fixture.update());
    List<RsaIdentity> restricted = fixture.set.primaries();
    left[0] = 21;
    assertTrue(fixture.update());
    assertNotEquals(restricted, fixture.set.primaries());
  }

  @Test
  void selection_comesBack_findsItsGuardsAgain() {
    int[] left = {100};
    GuardFixture fixture = new GuardFixture(100, 5, only(relay -> isAmong(left[0], relay)));
    fixture.confirmPrimaries();
    List<RsaIdentity> before = fixture.set.primaries();
    left[0] = 10;
    assertTrue(fixture.update());
    left[0] = 100;
    assertTrue(fixture.update());
    assertEquals(before, fixture.set.primaries());
  }

  @Test
  void selection_circuitOfTheFormerOne_isNoLongerUpgraded() {
    int[] left = {100};
    GuardFixture fixture = new GuardFixture(100, 6, only(relay -> isAmong(left[0], relay)));
    fixture.confirmPrimaries();
    fixture.failPrimaries();
    GuardUse lower = fixture.pick();
    fixture.succeed(lower);
    left[0] = 10;
    fixture.update();
    fixture.failPrimaries();
    assertEquals(List.of(), fixture.upgrade());
  }

  @Test
  void sample_ofBothSelections_outlivesARestart() {
    int[] left = {10};
    GuardSettings settings = only(relay -> isAmong(left[0], relay));
    GuardFixture before = new GuardFixture(100, 7, settings);
    left[0] = 100;
    before.update();
    GuardFixture after = new GuardFixture(100, settings, before.set.sample(), 8);
    assertEquals(before.set.sample(), after.set.sample());
    left[0] = 10;
    before.update();
    after.update();
    assertEquals(before.set.primaries(), after.set.primaries());
  }

  @Test
  void restrictionPercent_isTheConsensuss() {
    GuardFixture fixture = new GuardFixture(100, 9, only(relay -> isAmong(30, relay)));
    assertEquals(Set.of("default"), selections(fixture));
    fixture.parameters.put("guard-meaningful-restriction-percent", 40);
    assertTrue(fixture.update());
  }

  // ---- directory guards ----

  private static GuardUse pickDirectory(GuardFixture fixture) {
    return fixture.set.pickDirectory(_ -> false, _ -> false, fixture.clock.instant()).orElseThrow();
  }

  @Test
  void pickDirectory_always_givesOneOfThePrimaries() {
    GuardFixture fixture = new GuardFixture(100, 20);
    Set<RsaIdentity> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      seen.add(id(pickDirectory(fixture)));
    }
    assertEquals(Set.copyOf(fixture.set.primaries()), seen);
  }

  @Test
  void pickDirectory_onesToAvoid_areAskedOnlyIfThereIsNoOther() {
    GuardFixture fixture = new GuardFixture(100, 21);
    RsaIdentity first = fixture.set.primaries().getFirst();
    for (int i = 0; i < 50; i++) {
      GuardUse use =
          fixture
              .set
              .pickDirectory(relay -> !id(relay).equals(first), _ -> false, fixture.clock.instant())
              .orElseThrow();
      assertEquals(first, id(use));
    }
    GuardUse any =
        fixture.set.pickDirectory(_ -> true, _ -> false, fixture.clock.instant()).orElseThrow();
    assertTrue(fixture.set.primaries().contains(id(any)), "we show ourselves to no other");
  }

  @Test
  void pickDirectory_primariesLackMicrodescriptors_asksTheNextOfTheSample() {
    GuardFixture fixture = new GuardFixture(100, 22);
    List<RsaIdentity> primaries = fixture.set.primaries();
    GuardUse use =
        fixture
            .set
            .pickDirectory(
                _ -> false, relay -> primaries.contains(id(relay)), fixture.clock.instant())
            .orElseThrow();
    assertEquals(fixture.sampled().get(3), id(use));
  }

  @Test
  void pickDirectory_fewUsableGuards_passesOverNone() {
    GuardFixture fixture = new GuardFixture(9, 23);
    GuardUse use =
        fixture.set.pickDirectory(_ -> false, _ -> true, fixture.clock.instant()).orElseThrow();
    assertTrue(fixture.set.primaries().contains(id(use)));
  }

  @Test
  void pickDirectory_failure_isKnownToCircuitsAndTheOtherWay() {
    GuardFixture fixture = new GuardFixture(100, 24);
    RsaIdentity first = fixture.set.primaries().getFirst();
    GuardUse use =
        fixture
            .set
            .pickDirectory(relay -> !id(relay).equals(first), _ -> false, fixture.clock.instant())
            .orElseThrow();
    fixture.fail(use);
    assertEquals(fixture.set.primaries().get(1), id(fixture.pick()));
    for (int i = 0; i < 50; i++) {
      assertNotEquals(first, id(pickDirectory(fixture)));
    }
  }

  @Test
  void pickDirectory_success_confirmsTheGuard() {
    GuardFixture fixture = new GuardFixture(100, 25);
    GuardUse use = pickDirectory(fixture);
    fixture.succeed(use);
    assertEquals(
        List.of(id(use)),
        fixture.set.sample().stream()
            .filter(guard -> guard.confirmed() != null)
            .map(SampledGuard::identity)
            .toList());
  }

  // ---- what a torrc says ----

  @Test
  void settings_numbers_replaceTheConsensuss() {
    GuardSettings settings = new GuardSettings(true, 2, 4, 5, Duration.ZERO, _ -> true);
    GuardFixture fixture = new GuardFixture(100, 30, settings);
    assertEquals(5, fixture.set.primaries().size());
    Set<RsaIdentity> used = new HashSet<>();
    Set<RsaIdentity> asked = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      used.add(id(fixture.pick()));
      asked.add(id(pickDirectory(fixture)));
    }
    assertEquals(Set.copyOf(fixture.set.primaries().subList(0, 2)), used);
    assertEquals(Set.copyOf(fixture.set.primaries().subList(0, 4)), asked);
  }

  @Test
  void settings_lifetime_endsUsedAndUnusedGuards() {
    GuardSettings settings = new GuardSettings(true, 0, 0, 0, Duration.ofDays(2), _ -> true);
    GuardFixture fixture = new GuardFixture(100, 31, settings);
    fixture.confirmPrimaries();
    List<SampledGuard> before = fixture.set.sample();
    fixture.advance(Duration.ofHours(24));
    fixture.update();
    assertEquals(before, fixture.set.sample());
    // The dates are blurred by a tenth of the lifetime; the view is valid for a day more.
    fixture.clock.jumpTo(fixture.clock.instant().plus(Duration.ofHours(2)));
    GuardSettings shorter = new GuardSettings(true, 0, 0, 0, Duration.ofDays(1), _ -> true);
    GuardFixture later = new GuardFixture(100, shorter, fixture.set.sample(), 32);
    later.clock.jumpTo(fixture.clock.instant());
    later.update();
    assertTrue(later.set.sample().stream().noneMatch(before::contains));
  }

  @Test
  void settings_lifetimeBelowADay_isTheConsensuss() {
    GuardSettings settings = new GuardSettings(true, 0, 0, 0, Duration.ofHours(23), _ -> true);
    GuardFixture fixture = new GuardFixture(100, 33, settings);
    List<RsaIdentity> before = fixture.sampled();
    fixture.advance(Duration.ofHours(25));
    fixture.update();
    assertEquals(before, fixture.sampled());
  }

  @Test
  void settings_guardsNotUsed_picksAnewEachTime() {
    GuardSettings settings = new GuardSettings(false, 0, 0, 0, Duration.ZERO, _ -> true);
    GuardFixture fixture = new GuardFixture(100, 34, settings);
    Set<RsaIdentity> used = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      GuardUse use = fixture.pick();
      used.add(id(use));
      assertEquals(GuardUse.Usable.NOW, fixture.succeed(use));
    }
    assertTrue(used.size() > 20);
    assertEquals(
        Optional.empty(),
        fixture.set.pickDirectory(_ -> false, _ -> false, fixture.clock.instant()));
  }

  // ---- order ----

  @Test
  void confirmed_oneLeaves_theOthersMoveUp() {
    GuardFixture fixture = new GuardFixture(100, 40);
    fixture.confirmPrimaries();
    RsaIdentity gone = fixture.set.primaries().getFirst();
    fixture.drafts.removeIf(draft -> draft.identity.equals(gone));
    fixture.parameters.put("guard-remove-unlisted-guards-after-days", 1);
    fixture.update();
    fixture.advance(Duration.ofHours(25));
    fixture.update();
    assertFalse(fixture.sampled().contains(gone));
    List<Integer> indexes =
        fixture.set.sample().stream()
            .filter(guard -> guard.confirmed() != null)
            .map(guard -> guard.confirmed().index())
            .sorted()
            .toList();
    assertEquals(List.of(0, 1), indexes);
  }

  @Test
  void update_flagGone_unlistsTheGuard() {
    GuardFixture fixture = new GuardFixture(100, 41);
    RsaIdentity first = fixture.set.primaries().getFirst();
    fixture.drafts.stream()
        .filter(draft -> draft.identity.equals(first))
        .forEach(draft -> draft.flags.remove(RelayFlag.STABLE));
    fixture.update();
    assertFalse(fixture.set.primaries().contains(first));
    assertTrue(fixture.sampled().contains(first));
  }
}
