package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.ChiSquare;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

class GuardSetTest {
  private static final PathRules RULES = new PathRules(true, null);

  private final ManualClock clock = new ManualClock(TestNetworks.VALID_AFTER);

  @TempDir Path directory;

  private static List<Draft> guards(int n) {
    List<Draft> drafts = TestNetworks.drafts(n);
    for (int i = 0; i < n; i++) {
      drafts.get(i).guard().bandwidth = 100 + 17L * i;
    }
    return drafts;
  }

  private static PathSelector selector(List<Draft> drafts) {
    return selector(drafts, Map.of());
  }

  private static PathSelector selector(List<Draft> drafts, Map<String, Integer> parameters) {
    return new PathSelector(TestNetworks.view(drafts, TestNetworks.WEIGHTS, parameters), RULES);
  }

  private GuardSet fresh(PathSelector selector, long seed) {
    return loaded(selector, List.of(), seed);
  }

  private GuardSet loaded(PathSelector selector, List<SampledGuard> saved, long seed) {
    GuardSet set = new GuardSet(GuardSettings.DEFAULTS, "Tunic-0.1", saved, new SeededRandom(seed));
    set.update(selector, clock.instant());
    return set;
  }

  private GuardUse pick(GuardSet set) {
    return set.pick(_ -> true, clock.instant()).orElseThrow();
  }

  private static RsaIdentity id(GuardUse use) {
    return use.relay().ids().rsa();
  }

  @Test
  void pick_always_givesTheFirstPrimary() {
    GuardSet set = fresh(selector(guards(100)), 1);
    assertEquals(3, set.primaries().size());
    for (int i = 0; i < 50; i++) {
      assertEquals(set.primaries().getFirst(), id(pick(set)));
    }
  }

  @Test
  void guards_afterRestart_areTheSame() throws Exception {
    PathSelector selector = selector(guards(100));
    GuardSet before = fresh(selector, 1);
    before.succeeded(pick(before), clock.instant());
    GuardStore store =
        new GuardStore(new StateFile(directory.resolve("state"), clock), Runnable::run);
    store.save(before.sample());

    clock.advance(Duration.ofHours(2));
    GuardSet after = loaded(selector, store.load(clock.instant()), 2);
    assertEquals(before.primaries(), after.primaries());
    assertEquals(before.sample(), after.sample());
    assertEquals(id(pick(before)), id(pick(after)));
    assertNotEquals(before.primaries(), fresh(selector, 2).primaries(), "another client");
  }

  @Test
  void pick_primaryFails_usesTheNextPrimary() {
    GuardSet set = fresh(selector(guards(100)), 3);
    GuardUse first = pick(set);
    set.failed(first, clock.instant());
    assertEquals(set.primaries().get(1), id(pick(set)));
    assertEquals(first.relay().ids().rsa(), set.primaries().getFirst(), "it stays primary");
  }

  @Test
  void pick_failedPrimary_isTriedAgainAfterTenMinutes() {
    GuardSet set = fresh(selector(guards(100)), 4);
    GuardUse first = pick(set);
    set.failed(first, clock.instant());
    Optional<Instant> due = set.progress(clock.instant());
    assertEquals(Optional.of(clock.instant().plus(Duration.ofMinutes(10))), due);
    clock.advance(Duration.ofMinutes(10).minusSeconds(1));
    assertNotEquals(id(first), id(pick(set)));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(id(first), id(pick(set)));
  }

  @Test
  void retry_ofGuardThatFailsForDays_becomesRare() {
    GuardSet set = fresh(selector(guards(100)), 5);
    GuardUse first = pick(set);
    List<Duration> delays = new ArrayList<>();
    Instant end = clock.instant().plus(Duration.ofDays(9));
    while (clock.instant().isBefore(end)) {
      Instant tried = clock.instant();
      GuardUse use = pick(set);
      assertEquals(id(first), id(use));
      set.failed(use, tried);
      // As it fails for longer, the delay may grow before it is over.
      for (Optional<Instant> due; (due = set.progress(clock.instant())).isPresent(); ) {
        clock.advance(Duration.between(clock.instant(), due.get()));
      }
      delays.add(Duration.between(tried, clock.instant()));
    }
    assertEquals(Duration.ofMinutes(10), delays.getFirst());
    assertTrue(delays.contains(Duration.ofMinutes(90)));
    assertTrue(delays.contains(Duration.ofHours(4)));
    assertEquals(Duration.ofHours(9), delays.getLast());
  }

  @Test
  void pick_everyPrimaryFails_goesOnInTheOrderOfTheSample() {
    GuardSet set = fresh(selector(guards(100)), 6);
    for (int i = 0; i < 3; i++) {
      set.failed(pick(set), clock.instant());
    }
    RsaIdentity next = id(pick(set));
    List<RsaIdentity> sample = set.sample().stream().map(SampledGuard::identity).toList();
    assertFalse(set.primaries().contains(next));
    assertEquals(3, sample.indexOf(next));
  }

  @Test
  void pick_guardExcludedByPath_usesTheSecondPrimaryOnly() {
    GuardSet set = fresh(selector(guards(100)), 7);
    RsaIdentity first = set.primaries().getFirst();
    GuardUse use =
        set.pick(relay -> !relay.ids().rsa().equals(first), clock.instant()).orElseThrow();
    assertEquals(set.primaries().get(1), id(use));
  }

  @Test
  void pick_everyGuardFails_neverLeavesTheBoundedSampleAndStartsAgain() {
    GuardSet set = fresh(selector(guards(400)), 8);
    Set<RsaIdentity> seen = new HashSet<>();
    Optional<GuardUse> use;
    while ((use = set.pick(_ -> true, clock.instant())).isPresent()) {
      assertTrue(seen.add(id(use.get())), "no guard twice");
      set.failed(use.get(), clock.instant());
    }
    assertEquals(60, seen.size(), "guard-max-sample-size");
    assertEquals(60, set.sample().size());
    assertEquals(set.primaries().getFirst(), id(pick(set)));
  }

  @Test
  void sample_hugeParameters_staysBounded() {
    Map<String, Integer> greedy =
        Map.of(
            "guard-max-sample-size", Integer.MAX_VALUE,
            "guard-min-filtered-sample-size", Integer.MAX_VALUE,
            "guard-max-sample-threshold-percent", 100);
    GuardSet set =
        new GuardSet(GuardSettings.DEFAULTS, "Tunic-0.1", List.of(), new SeededRandom(9));
    set.update(selector(guards(1500), greedy), clock.instant());
    assertEquals(GuardParameters.SAMPLE_BOUND, set.sample().size());
  }

  @Test
  void succeeded_firstTime_confirmsTheGuard() {
    GuardSet set = fresh(selector(guards(100)), 10);
    long changes = set.changes();
    set.succeeded(pick(set), clock.instant());
    SampledGuard.Confirmed confirmed = set.sample().getFirst().confirmed();
    assertEquals(0, confirmed.index());
    assertFalse(confirmed.on().isAfter(clock.instant()));
    assertFalse(confirmed.on().isBefore(clock.instant().minus(Duration.ofDays(12))));
    assertTrue(set.changes() > changes);
    long saved = set.changes();
    set.succeeded(pick(set), clock.instant());
    assertEquals(saved, set.changes(), "nothing new to save");
  }

  @Test
  void update_guardLeavesConsensus_isReplacedAsPrimaryAndComesBack() {
    List<Draft> drafts = guards(100);
    GuardSet set = fresh(selector(drafts), 11);
    set.succeeded(pick(set), clock.instant());
    List<RsaIdentity> before = set.primaries();
    RsaIdentity gone = before.getFirst();
    Draft draft = drafts.stream().filter(d -> d.identity.equals(gone)).findFirst().orElseThrow();

    draft.flags.remove(RelayFlag.GUARD);
    set.update(selector(drafts), clock.instant());
    assertFalse(set.primaries().contains(gone));
    assertEquals(3, set.primaries().size());
    assertFalse(set.sample().getFirst().listed());

    draft.flags.add(RelayFlag.GUARD);
    set.update(selector(drafts), clock.instant());
    assertEquals(gone, set.primaries().getFirst());
  }

  /** A view of the consensus of a C tor network without one of its microdescriptors. */
  private static PathSelector cTorNetwork(@Nullable RsaIdentity missing) {
    Map<Bytes, Microdescriptor> held = new HashMap<>();
    Microdescriptor.parseAll(CtorDocs.text("microdescriptors"))
        .forEach(micro -> held.put(micro.digest(), micro));
    Consensus consensus = CtorDocs.consensus("consensus-microdesc");
    consensus.relays().stream()
        .filter(status -> status.identity().equals(missing))
        .forEach(status -> held.remove(status.digest()));
    return new PathSelector(
        NetworkView.of(consensus, held::get, OptionalDouble.empty()), new PathRules(false, null));
  }

  @Test
  void update_microdescriptorOfGuardMissing_waitsForIt() {
    clock.jumpTo(CtorDocs.NOW);
    GuardSet set = fresh(cTorNetwork(null), 18);
    List<SampledGuard> sample = set.sample();
    List<RsaIdentity> primaries = set.primaries();
    PathSelector partial = cTorNetwork(primaries.getFirst());
    set.update(partial, clock.instant());
    assertEquals(sample, set.sample());
    assertEquals(primaries, set.primaries());
    assertEquals(Optional.empty(), set.pick(_ -> true, clock.instant()));
    for (int i = 0; i < 20; i++) {
      set.pickDirectory(_ -> false, _ -> false, clock.instant())
          .ifPresent(use -> assertTrue(primaries.contains(id(use)), "nor is one asked"));
    }
    set.update(cTorNetwork(null), clock.instant());
    assertEquals(primaries.getFirst(), id(pick(set)));
  }

  @Test
  void update_microdescriptorOfUnusedGuardMissing_goesOn() {
    clock.jumpTo(CtorDocs.NOW);
    GuardSet set = fresh(cTorNetwork(null), 18);
    List<RsaIdentity> primaries = set.primaries();
    set.update(cTorNetwork(primaries.get(1)), clock.instant());
    assertEquals(primaries, set.primaries());
    assertEquals(primaries.getFirst(), id(pick(set)));
  }

  @Test
  void update_fewMicrodescriptorsYet_samplesNobody() {
    GuardSet set = fresh(partial(guards(10), 100), 19);
    assertEquals(List.of(), set.sample());
    assertEquals(Optional.empty(), set.pick(_ -> true, clock.instant()));
  }

  /** A view that holds the microdescriptors of these of {@code listed} relays. */
  private static PathSelector partial(List<Draft> held, int listed) {
    double share = held.size() / (double) listed;
    DirInfo known = new DirInfo(held.size(), listed, share, share, share, 0.6, true);
    return new PathSelector(TestNetworks.view(held, known), RULES);
  }

  @Test
  void update_guardUnlistedForTooLong_leavesTheSample() {
    List<Draft> drafts = guards(100);
    GuardSet set = fresh(selector(drafts), 12);
    RsaIdentity gone = set.primaries().getFirst();
    drafts.removeIf(draft -> draft.identity.equals(gone));
    set.update(selector(drafts), clock.instant());
    assertTrue(contains(set, gone));
    clock.advance(Duration.ofHours(25));
    set.update(
        selector(drafts, Map.of("guard-remove-unlisted-guards-after-days", 1)), clock.instant());
    assertFalse(contains(set, gone));
  }

  @Test
  void update_lifetimeOver_drawsNewGuards() {
    List<Draft> drafts = guards(100);
    GuardSet set = fresh(selector(drafts), 13);
    List<SampledGuard> before = set.sample();
    clock.advance(Duration.ofHours(25));
    set.update(selector(drafts, Map.of("guard-lifetime-days", 1)), clock.instant());
    assertEquals(20, set.sample().size());
    assertTrue(before.stream().noneMatch(set.sample()::contains));
  }

  @Test
  void update_consensusDaysOld_changesNothing() {
    List<Draft> drafts = guards(100);
    GuardSet set = fresh(selector(drafts), 14);
    List<SampledGuard> before = set.sample();
    drafts.forEach(draft -> draft.flags.remove(RelayFlag.GUARD));
    clock.advance(Duration.ofDays(3));
    set.update(selector(drafts), clock.instant());
    assertEquals(before, set.sample());
  }

  @Test
  void sampledOn_always_isBlurredIntoThePast() {
    GuardSet set = fresh(selector(guards(100)), 16);
    Set<Instant> dates = new HashSet<>();
    for (SampledGuard guard : set.sample()) {
      dates.add(guard.sampledOn());
      assertFalse(guard.sampledOn().isAfter(clock.instant()));
      assertFalse(guard.sampledOn().isBefore(clock.instant().minus(Duration.ofDays(12))));
    }
    assertTrue(dates.size() > 15);
  }

  private static boolean contains(GuardSet set, RsaIdentity identity) {
    return set.sample().stream().anyMatch(guard -> guard.identity().equals(identity));
  }

  @Test
  void update_relayIsOurselves_isNeverSampled() {
    List<Draft> drafts = guards(15);
    RsaIdentity self = drafts.get(3).identity;
    PathSelector selector = new PathSelector(TestNetworks.view(drafts), new PathRules(true, self));
    GuardSet set = fresh(selector, 17);
    assertEquals(14, set.sample().size());
    assertFalse(contains(set, self));
  }

  @Test
  void sample_ofManyClients_followsGuardWeights() {
    List<Draft> drafts = guards(40);
    PathSelector selector = selector(drafts);
    Map<RsaIdentity, Integer> index = new HashMap<>();
    double total = drafts.stream().mapToLong(draft -> draft.bandwidth).sum();
    double[] shares = new double[drafts.size()];
    for (Draft draft : drafts) {
      shares[index.size()] = draft.bandwidth / total;
      index.put(draft.identity, index.size());
    }
    long[] counts = new long[drafts.size()];
    for (int client = 0; client < 5000; client++) {
      counts[index.get(fresh(selector, client).sample().getFirst().identity())]++;
    }
    double p = ChiSquare.pValue(counts, shares);
    assertTrue(p > 0.01, "p = " + p);
  }

  @Test
  void pick_beforeAnyView_isEmpty() {
    GuardSet set =
        new GuardSet(GuardSettings.DEFAULTS, "Tunic-0.1", List.of(), new SeededRandom(18));
    assertEquals(Optional.empty(), set.pick((Relay _) -> true, clock.instant()));
  }
}
