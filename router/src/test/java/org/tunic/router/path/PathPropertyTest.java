package org.tunic.router.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.router.path.PathChoice.Impossible;
import org.tunic.testing.SeededRandom;

/** Random relay sets never yield a path that breaks a rule, nor a refusal where a path exists. */
class PathPropertyTest {
  private static final int NETWORKS = 400;
  private static final int PATHS_EACH = 20;
  private static final int[] PORTS = {22, 25, 80, 443, 6667, 9999};

  @Test
  void choose_randomNetworks_obeysEveryConstraint() {
    int chosen = 0;
    int impossible = 0;
    for (int seed = 0; seed < NETWORKS; seed++) {
      SeededRandom random = new SeededRandom(seed);
      int size = 1 + random.nextInt(random.nextBoolean() ? 8 : 60);
      NetworkView view = TestNetworks.view(TestNetworks.mixed(size, random));
      boolean distinctSubnets = random.nextBoolean();
      RsaIdentity self = random.nextBoolean() ? TestNetworks.identity(0) : null;
      PathSelector selector = new PathSelector(view, new PathRules(distinctSubnets, self));
      for (int i = 0; i < PATHS_EACH; i++) {
        ExitNeed need =
            new ExitNeed(
                PORTS[random.nextInt(PORTS.length)], random.nextInt(4) == 0, random.nextBoolean());
        AtomicReference<Relay> entry = new AtomicReference<>();
        PathChoice choice =
            selector.choose(
                need,
                _ -> true,
                allowed -> {
                  var guard = selector.chooseGuard(allowed, random);
                  guard.ifPresent(entry::set);
                  return guard;
                },
                random);
        switch (choice) {
          case Chosen(Path path) -> {
            chosen++;
            assertLegal(path, need, distinctSubnets, self, "seed " + seed + " path " + i);
          }
          case Impossible(Position position) -> {
            impossible++;
            assertTrulyImpossible(
                position, view, need, distinctSubnets, self, entry.get(), "seed " + seed);
          }
        }
      }
    }
    assertTrue(chosen > NETWORKS && impossible > NETWORKS, chosen + " and " + impossible);
  }

  private static void assertLegal(
      Path path, ExitNeed need, boolean distinctSubnets, RsaIdentity self, String where) {
    List<Relay> hops = path.hops();
    for (int a = 0; a < hops.size(); a++) {
      Relay hop = hops.get(a);
      assertTrue(hop.has(RelayFlag.RUNNING) && hop.has(RelayFlag.VALID), where);
      assertFalse(hop.ids().rsa().equals(self), where);
      for (int b = 0; b < a; b++) {
        assertFalse(PathConstraints.related(hop, hops.get(b), distinctSubnets), where);
      }
    }
    assertTrue(path.guard().has(RelayFlag.GUARD), where);
    assertTrue(path.guard().has(RelayFlag.V2DIR), where);
    assertFalse(path.exit().has(RelayFlag.BAD_EXIT), where);
    assertTrue(
        (need.ipv6() ? path.exit().policy6() : path.exit().policy()).allows(need.port()), where);
  }

  private static void assertTrulyImpossible(
      Position position,
      NetworkView view,
      ExitNeed need,
      boolean distinctSubnets,
      RsaIdentity self,
      Relay entry,
      String where) {
    List<Relay> exits =
        view.relays().stream()
            .filter(relay -> !relay.ids().rsa().equals(self))
            .filter(relay -> !relay.has(RelayFlag.BAD_EXIT))
            .filter(relay -> (need.ipv6() ? relay.policy6() : relay.policy()).allows(need.port()))
            .toList();
    switch (position) {
      case EXIT -> assertEquals(List.of(), exits, where);
      // Some exit leaves no guard, or some exit and this guard leave no middle.
      case GUARD ->
          assertTrue(
              exits.stream()
                  .anyMatch(
                      exit ->
                          view.relays().stream()
                              .filter(relay -> !relay.ids().rsa().equals(self))
                              .filter(relay -> relay.has(RelayFlag.GUARD))
                              .filter(relay -> relay.has(RelayFlag.V2DIR))
                              .filter(relay -> relay.has(RelayFlag.FAST))
                              .filter(relay -> relay.has(RelayFlag.STABLE))
                              .allMatch(
                                  guard -> PathConstraints.related(guard, exit, distinctSubnets))),
              where);
      case MIDDLE ->
          assertTrue(
              exits.stream()
                  .anyMatch(
                      exit ->
                          view.relays().stream()
                              .filter(relay -> !relatedTo(relay, view, self, distinctSubnets))
                              .allMatch(
                                  middle ->
                                      PathConstraints.related(middle, exit, distinctSubnets)
                                          || PathConstraints.related(
                                              middle, entry, distinctSubnets))),
              where);
      case DIRECTORY -> throw new AssertionError("no such position in a path");
    }
  }

  private static boolean relatedTo(
      Relay relay, NetworkView view, RsaIdentity self, boolean distinctSubnets) {
    return self != null
        && view.byRsa(self)
            .filter(own -> PathConstraints.related(relay, own, distinctSubnets))
            .isPresent();
  }

  @Test
  void choose_familyParametersOff_allowsFamilies() {
    List<TestNetworks.Draft> drafts = TestNetworks.drafts(3);
    drafts.get(0).guard();
    drafts.get(2).exit("accept 80");
    List<String> everyone = drafts.stream().map(draft -> "$" + draft.identity.hex()).toList();
    drafts.forEach(
        draft ->
            draft.family =
                org.tunic.directory.doc.microdescriptor.RelayFamily.of(
                    everyone, List.of("ed25519:x")));
    PathRules rules = new PathRules(true, null);
    PathSelector strict = new PathSelector(TestNetworks.view(drafts), rules);
    PathSelector lax =
        new PathSelector(
            TestNetworks.view(
                drafts, TestNetworks.WEIGHTS, Map.of("use-family-lists", 0, "use-family-ids", 0)),
            rules);
    assertEquals(new Impossible(Position.GUARD), choose(strict));
    assertTrue(choose(lax) instanceof Chosen);
  }

  private static PathChoice choose(PathSelector selector) {
    SeededRandom random = new SeededRandom(1);
    return selector.choose(
        new ExitNeed(80, false, false),
        _ -> true,
        allowed -> selector.chooseGuard(allowed, random),
        random);
  }
}
