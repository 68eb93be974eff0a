package org.tunic.router.circuit.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.service.Vanguards.Lite;
import org.tunic.router.circuit.service.Vanguards.Rules;
import org.tunic.router.path.NodeChoices;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;
import org.tunic.testing.SeededRandom;

/**
 * The relays behind the guard: how many, how long, why they leave, and that no others stand there.
 */
final class VanguardsTest {
  private static final Rules FULL = new Rules(Lite.CONSENSUS, true, null, null);

  private final Instant now = TestNetworks.VALID_AFTER;
  private final List<Draft> drafts = TestNetworks.drafts(40);
  private final PathSelector network = network(drafts);
  private final List<List<Vanguard>> saved = new ArrayList<>();

  private static PathSelector network(List<Draft> drafts) {
    return new PathSelector(TestNetworks.view(drafts), new PathRules(false, null));
  }

  private PathSelector without(Set<RsaIdentity> excluded) {
    Predicate<Relay> rest = relay -> !excluded.contains(relay.ids().rsa());
    return new PathSelector(
        TestNetworks.view(drafts),
        new PathRules(false, null, new NodeChoices(rest, false, _ -> true, List.of())));
  }

  private Vanguards vanguards(Rules rules, int seed, List<Vanguard> last) {
    return new Vanguards(rules, last, saved::add, now, new SeededRandom(seed));
  }

  private static List<Relay> choose(Vanguards from, PathSelector in, Instant when)
      throws CircuitFailedException {
    return from.choose(in, List.of(), when);
  }

  /** The relays of the second (0) or third (1) position in many paths. */
  private static Set<RsaIdentity> seen(Vanguards from, int layer, PathSelector in, Instant when)
      throws CircuitFailedException {
    Set<RsaIdentity> seen = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      seen.add(choose(from, in, when).get(layer).ids().rsa());
    }
    return seen;
  }

  // ---- vanguards-lite ----

  @Test
  void lite_isAlwaysOneOfFour_andNothingIsSaved() throws Exception {
    Vanguards lite = vanguards(Rules.DEFAULT, 3, List.of());
    Set<RsaIdentity> first = seen(lite, 0, network, now);
    assertEquals(4, first.size());
    Instant later = now.plus(Duration.ofHours(23));
    assertEquals(first, seen(lite, 0, network, later));
    assertEquals(first, seen(lite, 0, network(drafts), later), "of another view");
    assertEquals(1, choose(lite, network, now).size());
    assertEquals(List.of(), saved);
  }

  @Test
  void lite_afterTheLongestLifetime_isAmongOthers() throws Exception {
    Vanguards lite = vanguards(Rules.DEFAULT, 3, List.of());
    Set<RsaIdentity> first = seen(lite, 0, network, now);
    assertNotEquals(first, seen(lite, 0, network, now.plus(Duration.ofDays(12)).plusSeconds(1)));
  }

  @Test
  void lite_whatIsTaken_isNotReplacedFromOutsideTheSet() throws Exception {
    Vanguards lite = vanguards(Rules.DEFAULT, 3, List.of());
    List<RelayIds> all = seen(lite, 0, network, now).stream().map(RelayIds::ofRsa).toList();
    assertThrows(CircuitFailedException.class, () -> lite.choose(network, all, now));
  }

  @Test
  void lite_memberNoLongerStable_leaves() throws Exception {
    Vanguards lite = vanguards(Rules.DEFAULT, 3, List.of());
    Set<RsaIdentity> first = seen(lite, 0, network, now);
    for (Draft draft : drafts) {
      if (first.contains(draft.identity)) {
        draft.flags.remove(RelayFlag.STABLE);
      }
    }
    Set<RsaIdentity> second = seen(lite, 0, network(drafts), now);
    assertEquals(4, second.size());
    assertTrue(second.stream().noneMatch(first::contains));
  }

  @Test
  void liteOff_orOffByTheConsensus_anyRelayFollowsTheGuard() throws Exception {
    Vanguards off = vanguards(new Rules(Lite.OFF, false, null, null), 3, List.of());
    assertTrue(seen(off, 0, network, now).size() > 20);
    PathSelector unwanted =
        new PathSelector(
            TestNetworks.view(drafts, TestNetworks.WEIGHTS, Map.of("vanguards-lite-enabled", 0)),
            new PathRules(false, null));
    assertTrue(seen(vanguards(Rules.DEFAULT, 3, List.of()), 0, unwanted, now).size() > 20);
    Vanguards on = vanguards(new Rules(Lite.ON, false, null, null), 3, List.of());
    assertEquals(4, seen(on, 0, unwanted, now).size());
  }

  // ---- full vanguards ----

  @Test
  void full_secondIsOneOfFour_thirdOneOfEight() throws Exception {
    Vanguards full = vanguards(FULL, 3, List.of());
    assertEquals(4, seen(full, 0, network, now).size());
    assertEquals(8, seen(full, 1, network, now).size());
    assertFalse(vanguards(Rules.DEFAULT, 3, List.of()).hasThird());
    assertTrue(full.hasThird());
  }

  @Test
  void full_overARestart_isTheSame() throws Exception {
    Vanguards before = vanguards(FULL, 3, List.of());
    Set<RsaIdentity> second = seen(before, 0, network, now);
    Set<RsaIdentity> third = seen(before, 1, network, now);
    assertEquals(1, saved.size(), "saved once, when drawn");
    List<Vanguard> lines =
        saved.getFirst().stream()
            .map(vanguard -> Vanguard.parse(vanguard.format()).orElseThrow())
            .toList();
    Vanguards after = vanguards(FULL, 99, lines);
    assertEquals(second, seen(after, 0, network, now));
    assertEquals(third, seen(after, 1, network, now));
    assertEquals(1, saved.size(), "nothing new to save");
    assertNotEquals(second, seen(vanguards(FULL, 99, List.of()), 0, network, now));
  }

  @Test
  void full_eachMemberLeavesAtItsTime_andIsReplaced() throws Exception {
    Vanguards full = vanguards(FULL, 3, List.of());
    seen(full, 0, network, now);
    List<Vanguard> first = saved.getFirst();
    for (Vanguard one : first) {
      assertTrue(now.isBefore(one.expires()));
    }
    Instant end =
        first.stream()
            .filter(v -> v.hop() == 2)
            .map(Vanguard::expires)
            .min(Instant::compareTo)
            .get();
    seen(full, 0, network, end.minusSeconds(1));
    assertEquals(seconds(first), seconds(saved.getLast()));
    seen(full, 0, network, end);
    Set<RsaIdentity> left = seconds(saved.getLast());
    left.retainAll(seconds(first));
    assertEquals(3, left.size());
    assertEquals(4, seconds(saved.getLast()).size());
  }

  private static Set<RsaIdentity> seconds(List<Vanguard> vanguards) {
    Set<RsaIdentity> ids = new HashSet<>();
    vanguards.stream().filter(v -> v.hop() == 2).forEach(v -> ids.add(v.identity()));
    return ids;
  }

  @Test
  void full_memberThatIsExcluded_leaves() throws Exception {
    Vanguards full = vanguards(FULL, 3, List.of());
    Set<RsaIdentity> gone = seen(full, 0, network, now);
    gone.addAll(seen(full, 1, network, now));
    PathSelector narrower = without(gone);
    for (int layer : List.of(0, 1)) {
      Set<RsaIdentity> later = seen(full, layer, narrower, now);
      assertTrue(later.stream().noneMatch(gone::contains));
      assertEquals(layer == 0 ? 4 : 8, later.size());
    }
  }

  @Test
  void full_savedTimesOfAWrongClock_andForeignLayers_areNotTaken() throws Exception {
    RsaIdentity first = drafts.getFirst().identity;
    List<Vanguard> odd =
        List.of(
            new Vanguard(2, first, now.plus(Duration.ofDays(3650))),
            new Vanguard(2, drafts.get(1).identity, now.minusSeconds(1)));
    Vanguards full = vanguards(FULL, 3, odd);
    seen(full, 0, network, now);
    assertTrue(
        saved.getLast().stream()
            .allMatch(v -> v.expires().isBefore(now.plus(Duration.ofDays(61)))));
  }

  @Test
  void lifetimes_areDrawnFromTheirDistributions() {
    SeededRandom random = new SeededRandom(5);
    double day = 24;
    check(VanguardLayer.LITE, random, day, 12 * day, 6.5 * day);
    check(VanguardLayer.SECOND, random, 30 * day, 60 * day, 45 * day);
    check(VanguardLayer.THIRD, random, 1, 48, 1 + 47 * 2 / 3.0);
  }

  /** Bounds in hours; the mean of 20000 within 1 %. */
  private static void check(
      VanguardLayer layer, SeededRandom random, double least, double most, double mean) {
    double sum = 0;
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      double hours = layer.lifetime(ConsensusParameters.DEFAULTS, random).toSeconds() / 3600.0;
      assertTrue(hours >= least && hours <= most, () -> layer + " " + hours);
      sum += hours;
    }
    assertEquals(mean, sum / n, mean / 100, layer.toString());
  }

  @Test
  void full_numbersOfTheConsensus_areBounded() throws Exception {
    PathSelector many =
        new PathSelector(
            TestNetworks.view(
                drafts,
                TestNetworks.WEIGHTS,
                Map.of("guard-hs-l2-number", 2, "guard-hs-l3-number", 1_000_000)),
            new PathRules(false, null));
    Vanguards full = vanguards(FULL, 3, List.of());
    assertEquals(2, seen(full, 0, many, now).size());
    assertEquals(VanguardLayer.MAX_NUMBER, seen(full, 1, many, now).size());
    List<Vanguard> tooMany = new ArrayList<>();
    drafts.forEach(draft -> tooMany.add(new Vanguard(3, draft.identity, now.plusSeconds(60))));
    assertEquals(
        VanguardLayer.MAX_NUMBER,
        seen(vanguards(FULL, 3, tooMany), 1, network, now).size(),
        "what a file may bring");
  }

  /** In any network: a path through the sets alone, or none for the one reason there can be. */
  @Test
  void full_anyNetwork_pathsGoOnlyThroughTheSets() throws Exception {
    int found = 0;
    int none = 0;
    for (int seed = 0; seed < 300; seed++) {
      SeededRandom random = new SeededRandom(seed);
      List<Draft> some = TestNetworks.drafts(1 + random.nextInt(random.nextBoolean() ? 5 : 40));
      PathSelector selector = network(some);
      List<Relay> relays = selector.view().relays();
      saved.clear();
      Vanguards full = vanguards(FULL, seed, List.of());
      for (int i = 0; i < 20; i++) {
        RelayIds guard = relays.get(random.nextInt(relays.size())).ids();
        RelayIds target = relays.get(random.nextInt(relays.size())).ids();
        List<Relay> layers;
        try {
          layers = full.choose(selector, List.of(guard, target), now);
        } catch (CircuitFailedException e) {
          none++;
          assertTrue(some.size() < 4, "seed " + seed);
          continue;
        }
        found++;
        RsaIdentity second = layers.get(0).ids().rsa();
        RsaIdentity third = layers.get(1).ids().rsa();
        assertEquals(2, layers.size());
        assertTrue(kept(2, second) && kept(3, third), "seed " + seed);
        assertNotEquals(second, third);
        assertTrue(
            Stream.of(guard, target)
                .noneMatch(ids -> ids.rsa().equals(second) || ids.rsa().equals(third)));
      }
      assertEquals(1, saved.size(), "the sets never change meanwhile");
    }
    assertTrue(found > 1000 && none > 10, found + " found, " + none + " not");
  }

  private boolean kept(int hop, RsaIdentity identity) {
    return saved.getLast().stream().anyMatch(v -> v.hop() == hop && v.identity().equals(identity));
  }

  // ---- named relays ----

  private static Predicate<Relay> relays(String... nicknames) {
    return relay -> List.of(nicknames).contains(relay.nickname());
  }

  @Test
  void named_secondAndThird_areTheNamedOnes_whateverElseIsOn() throws Exception {
    for (boolean full : List.of(false, true)) {
      Rules rules =
          new Rules(
              Lite.OFF, full, relays("relay1", "relay2"), relays("relay2", "relay3", "relay4"));
      Vanguards named = vanguards(rules, 3, List.of());
      Set<String> second = new HashSet<>();
      Set<String> third = new HashSet<>();
      for (int i = 0; i < 300; i++) {
        List<Relay> layers = choose(named, network, now);
        second.add(layers.get(0).nickname());
        third.add(layers.get(1).nickname());
        assertNotEquals(layers.get(0), layers.get(1));
      }
      assertEquals(Set.of("relay1", "relay2"), second);
      assertEquals(Set.of("relay2", "relay3", "relay4"), third);
    }
  }

  @Test
  void named_thirdAlone_comesAfterVanguardsLite() throws Exception {
    Vanguards named =
        vanguards(new Rules(Lite.CONSENSUS, false, null, relays("relay3")), 3, List.of());
    assertEquals(4, seen(named, 0, network, now).size());
    assertEquals(1, seen(named, 1, network, now).size());
  }

  @Test
  void named_manyAreDrawnByBandwidth_fewUniformly() throws Exception {
    drafts.get(0).bandwidth = 1_000_000;
    PathSelector uneven = network(drafts);
    Rules all = new Rules(Lite.CONSENSUS, false, _ -> true, null);
    assertTrue(share(vanguards(all, 3, List.of()), uneven) > 0.8);
    Rules few =
        new Rules(Lite.CONSENSUS, false, relays("relay0", "relay1", "relay2", "relay3"), null);
    assertEquals(0.25, share(vanguards(few, 3, List.of()), uneven), 0.08);
  }

  private static double share(Vanguards from, PathSelector in) throws CircuitFailedException {
    int hits = 0;
    for (int i = 0; i < 1000; i++) {
      hits +=
          choose(from, in, TestNetworks.VALID_AFTER).getFirst().nickname().equals("relay0") ? 1 : 0;
    }
    return hits / 1000.0;
  }

  @Test
  void named_noneIsThere_noPath() {
    Vanguards named =
        vanguards(new Rules(Lite.CONSENSUS, false, relays("nobody"), null), 3, List.of());
    CircuitFailedException failed =
        assertThrows(CircuitFailedException.class, () -> choose(named, network, now));
    assertEquals(2, failed.hop());
  }

  @Test
  void rules_thatChange_countFromThenOn() throws Exception {
    Vanguards vanguards = vanguards(Rules.DEFAULT, 3, List.of());
    assertEquals(1, choose(vanguards, network, now).size());
    vanguards.use(FULL);
    assertEquals(2, choose(vanguards, network, now).size());
    Set<RsaIdentity> second = seen(vanguards, 0, network, now);
    vanguards.use(Rules.DEFAULT);
    vanguards.use(FULL);
    assertEquals(second, seen(vanguards, 0, network, now), "kept meanwhile");
  }

  // ---- the line ----

  @Test
  void line_damaged_isNone() {
    String good = new Vanguard(3, drafts.getFirst().identity, now).format();
    assertEquals(
        Optional.of(new Vanguard(3, drafts.getFirst().identity, now)), Vanguard.parse(good));
    for (String bad :
        List.of(
            "",
            "layer=3",
            good.replace("layer=3", "layer=4"),
            good.replace("T", "X"),
            good.substring(0, good.length() - 1),
            good.replace("rsa_id=", "rsa_id=Z"))) {
      assertEquals(Optional.empty(), Vanguard.parse(bad), bad);
    }
  }
}
