package org.tunic.router.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.testing.SeededRandom;

/**
 * Simulated path choices follow the consensus weights.
 *
 * <p>The expected shares are worked out here from the definition, by summing over all paths, with
 * none of the code under test. The controls show that the test would notice wrong weights.
 */
class PathWeightsTest {
  private static final int PATHS = 10_000;
  private static final double LEVEL = 0.01;

  /** A p-value no right distribution shows. */
  private static final double HOPELESS = 1e-9;

  private static final ExitNeed WEB = new ExitNeed(443, false, false);

  /** Shares of each relay, by index in the view, at the three positions. */
  private record Shares(double[] guard, double[] middle, double[] exit) {}

  private record Counts(long[] guard, long[] middle, long[] exit) {}

  /** The factor names by position, for relays with neither flag, Guard, Exit, both. */
  private static final Map<String, List<String>> FACTORS =
      Map.of(
          "guard", List.of("Wgm", "Wgg", "", "Wgd"),
          "middle", List.of("Wmm", "Wmg", "Wme", "Wmd"),
          "exit", List.of("Wem", "Weg", "Wee", "Wed"));

  private static double weight(NetworkView view, Relay relay, String position) {
    int kind =
        (relay.has(RelayFlag.GUARD) ? 1 : 0)
            + (relay.has(RelayFlag.EXIT) && !relay.has(RelayFlag.BAD_EXIT) ? 2 : 0);
    String name = FACTORS.get(position).get(kind);
    return name.isEmpty() ? 0 : relay.bandwidth() * view.weights().get(name).orElseThrow() / 1e4;
  }

  /** Sums over every exit, guard and middle. */
  private static Shares expected(NetworkView view, boolean[][] related) {
    List<Relay> relays = view.relays();
    int n = relays.size();
    double[] exits =
        normal(
            n,
            view,
            "exit",
            i ->
                relays.get(i).has(RelayFlag.FAST)
                    && !relays.get(i).has(RelayFlag.BAD_EXIT)
                    && relays.get(i).policy().allows(WEB.port()));
    Shares sum = new Shares(new double[n], new double[n], exits);
    for (int exit = 0; exit < n; exit++) {
      if (exits[exit] == 0) {
        continue;
      }
      int last = exit;
      double[] guards =
          normal(
              n,
              view,
              "guard",
              i ->
                  relays.get(i).has(RelayFlag.GUARD)
                      && relays.get(i).has(RelayFlag.FAST)
                      && relays.get(i).has(RelayFlag.STABLE)
                      && relays.get(i).has(RelayFlag.V2DIR)
                      && !related[i][last]);
      for (int guard = 0; guard < n; guard++) {
        double share = exits[exit] * guards[guard];
        if (share == 0) {
          continue;
        }
        int first = guard;
        sum.guard[guard] += share;
        double[] middles =
            normal(
                n,
                view,
                "middle",
                i -> relays.get(i).has(RelayFlag.FAST) && !related[i][last] && !related[i][first]);
        for (int i = 0; i < n; i++) {
          sum.middle[i] += share * middles[i];
        }
      }
    }
    return sum;
  }

  private static double[] normal(int n, NetworkView view, String position, IntPredicate fits) {
    double[] shares = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      shares[i] = fits.test(i) ? weight(view, view.relays().get(i), position) : 0;
      total += shares[i];
    }
    for (int i = 0; i < n; i++) {
      shares[i] /= total;
    }
    return shares;
  }

  private static Counts simulate(
      NetworkView view, boolean distinctSubnets, RandomGenerator random) {
    PathSelector selector = new PathSelector(view, new PathRules(distinctSubnets, null));
    int n = view.relays().size();
    Map<RsaIdentity, Integer> index = new HashMap<>();
    view.relays().forEach(relay -> index.put(relay.ids().rsa(), index.size()));
    Counts counts = new Counts(new long[n], new long[n], new long[n]);
    for (int i = 0; i < PATHS; i++) {
      PathChoice choice =
          selector.choose(WEB, _ -> true, allowed -> selector.chooseGuard(allowed, random), random);
      if (!(choice instanceof Chosen(Path path))) {
        throw new AssertionError("no path: " + choice);
      }
      counts.guard[index.get(path.guard().ids().rsa())]++;
      counts.middle[index.get(path.middle().ids().rsa())]++;
      counts.exit[index.get(path.exit().ids().rsa())]++;
    }
    return counts;
  }

  private static void assertFollows(Counts counts, Shares shares, Object seed) {
    assertFits("guard", counts.guard, shares.guard, seed);
    assertFits("middle", counts.middle, shares.middle, seed);
    assertFits("exit", counts.exit, shares.exit, seed);
  }

  private static void assertFits(String position, long[] counts, double[] shares, Object seed) {
    double p = ChiSquare.pValue(counts, shares);
    assertTrue(p > LEVEL, position + " p = " + p + ", " + seed);
  }

  private static NetworkView network() {
    return TestNetworks.view(TestNetworks.mixed(300, new SeededRandom(3)));
  }

  @Test
  void choose_networkWithFamiliesAndSubnets_followsConsensusWeights() {
    SeededRandom random = new SeededRandom(20);
    NetworkView view = network();
    boolean[][] related = PathConstraints.related(view, true);
    assertFollows(simulate(view, true, random), expected(view, related), random);
  }

  @Test
  void choose_withoutDistinctSubnets_followsConsensusWeights() {
    SeededRandom random = new SeededRandom(21);
    NetworkView view = network();
    boolean[][] related = PathConstraints.related(view, false);
    assertFollows(simulate(view, false, random), expected(view, related), random);
  }

  @Test
  void choose_networkOfCTor_followsConsensusWeights() {
    SeededRandom random = new SeededRandom(24);
    Map<Bytes, Microdescriptor> held = new HashMap<>();
    Microdescriptor.parseAll(CtorDocs.text("microdescriptors"))
        .forEach(micro -> held.put(micro.digest(), micro));
    NetworkView view =
        NetworkView.of(
            CtorDocs.consensus("consensus-microdesc"), held::get, OptionalDouble.empty());
    assertEquals(7, view.relays().size());
    // All of its relays listen on 127.0.0.1.
    boolean[][] related = PathConstraints.related(view, false);
    assertFollows(simulate(view, false, random), expected(view, related), random);
  }

  @Test
  void choose_largerNetwork_looksAtNoMoreRelays() {
    SeededRandom random = new SeededRandom(25);
    double small = looksPerChoice(TestNetworks.mixed(400, new SeededRandom(5)), random);
    double large = looksPerChoice(TestNetworks.mixed(8000, new SeededRandom(5)), random);
    assertTrue(large < 2 * small, small + " and " + large + " looks a choice");
    assertTrue(large < 100, large + " looks a choice");
  }

  private static double looksPerChoice(List<TestNetworks.Draft> drafts, RandomGenerator random) {
    PathSelector selector = new PathSelector(TestNetworks.view(drafts), new PathRules(true, null));
    AtomicLong looks = new AtomicLong();
    Predicate<Relay> counting =
        _ -> {
          looks.incrementAndGet();
          return true;
        };
    for (int i = 0; i < 1000; i++) {
      selector.choose(
          WEB, counting, allowed -> selector.chooseGuard(allowed.and(counting), random), random);
    }
    return looks.get() / 1000.0;
  }

  @Test
  void control_uniformChoice_isNoticed() {
    SeededRandom random = new SeededRandom(22);
    NetworkView view = network();
    Shares shares = expected(view, PathConstraints.related(view, true));
    for (double[] position : List.of(shares.guard, shares.middle, shares.exit)) {
      List<Integer> possible = new ArrayList<>();
      for (int i = 0; i < position.length; i++) {
        if (position[i] > 0) {
          possible.add(i);
        }
      }
      long[] counts = new long[position.length];
      for (int i = 0; i < PATHS; i++) {
        counts[possible.get(random.nextInt(possible.size()))]++;
      }
      assertTrue(ChiSquare.pValue(counts, position) < HOPELESS);
    }
  }

  @Test
  void control_weightsOfAnotherConsensus_areNoticed() {
    SeededRandom random = new SeededRandom(23);
    List<TestNetworks.Draft> drafts = TestNetworks.mixed(300, new SeededRandom(3));
    Map<String, Integer> wrong = new HashMap<>(TestNetworks.WEIGHTS);
    wrong.put("Wgd", 5000);
    wrong.put("Wmd", 4000);
    wrong.put("Wed", 3000);
    NetworkView view = TestNetworks.view(drafts);
    Counts counts = simulate(TestNetworks.view(drafts, wrong, Map.of()), true, random);
    Shares shares = expected(view, PathConstraints.related(view, true));
    assertTrue(ChiSquare.pValue(counts.guard, shares.guard) < HOPELESS);
    assertTrue(ChiSquare.pValue(counts.middle, shares.middle) < HOPELESS);
    assertTrue(ChiSquare.pValue(counts.exit, shares.exit) < HOPELESS);
  }
}
