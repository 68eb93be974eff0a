package org.tunic.router.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.router.path.PathChoice.Impossible;
import org.tunic.testing.SeededRandom;

/** Relays by configuration, and exits that few ports leave. */
class NodeChoicesTest {
  private static final ExitNeed WEB = new ExitNeed(443, false, false);

  private static Predicate<Relay> named(String... nicknames) {
    return relay -> Set.of(nicknames).contains(relay.nickname());
  }

  private static PathChoice choose(PathSelector selector, ExitNeed need, SeededRandom random) {
    return selector.choose(
        need, _ -> true, allowed -> selector.chooseGuard(allowed, random), random);
  }

  /** 40 relays: 10 guards, 10 exits to the web, of which two to port 25 too, 20 others. */
  private static List<TestNetworks.Draft> drafts() {
    List<TestNetworks.Draft> drafts = TestNetworks.drafts(40);
    for (int i = 0; i < 10; i++) {
      drafts.get(i).guard();
      drafts.get(10 + i).exit(i < 2 ? "accept 25,443" : "accept 443");
      drafts.get(10 + i).bandwidth = 100 + 50 * i;
    }
    return drafts;
  }

  private static PathSelector selector(NetworkView view, NodeChoices nodes) {
    return new PathSelector(view, new PathRules(true, null, nodes));
  }

  @Test
  void choose_withNamedMiddlesAndExits_takesJustThese() {
    SeededRandom random = new SeededRandom(1);
    PathSelector selector =
        selector(
            TestNetworks.view(drafts()),
            new NodeChoices(named("relay30", "relay31"), true, named("relay12"), List.of()));
    Set<String> middles = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Path path = ((Chosen) choose(selector, WEB, random)).path();
      assertEquals("relay12", path.exit().nickname());
      middles.add(path.middle().nickname());
    }
    assertEquals(Set.of("relay30", "relay31"), middles);
  }

  @Test
  void choose_namedMiddleWithoutFast_isTaken() {
    List<TestNetworks.Draft> drafts = drafts();
    drafts.get(30).flags.remove(RelayFlag.FAST);
    drafts.get(30).flags.remove(RelayFlag.STABLE);
    NetworkView view = TestNetworks.view(drafts);
    NodeChoices nodes = new NodeChoices(named("relay30", "relay31"), true, _ -> true, List.of());
    SeededRandom random = new SeededRandom(2);
    Set<String> middles = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      middles.add(((Chosen) choose(selector(view, nodes), WEB, random)).path().middle().nickname());
    }
    assertEquals(Set.of("relay30", "relay31"), middles);
  }

  @Test
  void choose_nothingAllowed_isImpossibleAtThatPosition() {
    NetworkView view = TestNetworks.view(drafts());
    SeededRandom random = new SeededRandom(3);
    assertEquals(
        new Impossible(Position.EXIT),
        choose(
            selector(view, new NodeChoices(_ -> true, false, _ -> false, List.of())), WEB, random));
    assertEquals(
        new Impossible(Position.MIDDLE),
        choose(
            selector(view, new NodeChoices(_ -> false, false, _ -> true, List.of())), WEB, random));
  }

  @Test
  void choose_declaredFamily_neverSharesAPath() {
    // All guards, the exit and all but one of the others are one family.
    Predicate<Relay> family = relay -> !named("relay30", "relay0").test(relay);
    PathSelector selector =
        selector(
            TestNetworks.view(drafts()),
            new NodeChoices(_ -> true, false, _ -> true, List.of(family)));
    SeededRandom random = new SeededRandom(4);
    for (int i = 0; i < 100; i++) {
      Path path = ((Chosen) choose(selector, WEB, random)).path();
      assertEquals("relay0", path.guard().nickname());
      assertEquals("relay30", path.middle().nickname());
    }
  }

  @Test
  void choose_randomChoices_areNeverLeft() {
    for (int seed = 0; seed < 100; seed++) {
      SeededRandom random = new SeededRandom(seed);
      NetworkView view = TestNetworks.view(TestNetworks.mixed(60, random));
      Predicate<Relay> middles = some(view, random);
      Predicate<Relay> exits = some(view, random);
      Predicate<Relay> family = some(view, random);
      PathSelector selector =
          selector(view, new NodeChoices(middles, random.nextBoolean(), exits, List.of(family)));
      for (int i = 0; i < 20; i++) {
        if (choose(selector, WEB, random) instanceof Chosen(Path path)) {
          assertTrue(middles.test(path.middle()), random.toString());
          assertTrue(exits.test(path.exit()), random.toString());
          assertFalse(path.hops().stream().filter(family).count() > 1, random.toString());
        }
      }
    }
  }

  private static Predicate<Relay> some(NetworkView view, SeededRandom random) {
    Set<Relay> chosen = new HashSet<>();
    view.relays().stream().filter(_ -> random.nextInt(3) > 0).forEach(chosen::add);
    return chosen::contains;
  }

  @Test
  void choose_portThatFewExitsLetThrough_followsTheirWeights() {
    NetworkView view = TestNetworks.view(drafts());
    PathSelector selector = selector(view, NodeChoices.ANY);
    SeededRandom random = new SeededRandom(5);
    long[] counts = new long[2];
    for (int i = 0; i < 10_000; i++) {
      Path path = ((Chosen) choose(selector, new ExitNeed(25, false, false), random)).path();
      counts[path.exit().nickname().equals("relay10") ? 0 : 1]++;
    }
    double p = ChiSquare.pValue(counts, new double[] {100 / 250.0, 150 / 250.0});
    assertTrue(p > 0.01, "p = " + p + ", " + random);
  }

  @Test
  void choose_moreNeedsThanTables_goesOnRight() {
    PathSelector selector = selector(TestNetworks.view(drafts()), NodeChoices.ANY);
    SeededRandom random = new SeededRandom(6);
    for (int round = 0; round < 2; round++) {
      for (int port = 1; port <= 2 * ExitTables.MAX_TABLES; port++) {
        PathChoice choice = choose(selector, new ExitNeed(port, false, false), random);
        assertEquals(port == 25, choice instanceof Chosen, "port " + port);
      }
    }
    assertTrue(selector.anyExit(WEB));
    assertFalse(selector.anyExit(new ExitNeed(443, true, false)));
  }
}
