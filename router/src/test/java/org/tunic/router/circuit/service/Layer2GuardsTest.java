package org.tunic.router.circuit.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;
import org.tunic.testing.SeededRandom;

/** The second hops that are kept: how many, how long, and why they leave. */
final class Layer2GuardsTest {
  private static final Predicate<Relay> ANY = _ -> true;

  private final Instant now = TestNetworks.VALID_AFTER;
  private final Layer2Guards guards = new Layer2Guards(new SeededRandom(3));
  private final List<Draft> drafts = TestNetworks.drafts(40);
  private final PathSelector network = network();

  private PathSelector network() {
    return new PathSelector(TestNetworks.view(drafts), new PathRules(false, null));
  }

  private Set<RsaIdentity> picked(PathSelector in, Instant when) {
    Set<RsaIdentity> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      seen.add(guards.pick(in, ANY, when).orElseThrow().ids().rsa());
    }
    return seen;
  }

  @Test
  void pick_manyTimes_isAlwaysOneOfFour() {
    Set<RsaIdentity> first = picked(network, now);
    assertEquals(4, first.size());
    assertEquals(first, picked(network, now.plus(Duration.ofHours(23))));
    assertEquals(first, picked(network(), now.plus(Duration.ofHours(23))), "of another view");
  }

  @Test
  void pick_afterTheLongestLifetime_isAmongOthers() {
    Set<RsaIdentity> first = picked(network, now);
    assertNotEquals(first, picked(network, now.plus(Duration.ofDays(12)).plusSeconds(1)));
  }

  @Test
  void pick_whatIsNotAllowed_isNotDrawnFromOutsideTheSet() {
    Set<RsaIdentity> first = picked(network, now);
    assertTrue(guards.pick(network, relay -> !first.contains(relay.ids().rsa()), now).isEmpty());
  }

  @Test
  void pick_memberNoLongerStable_leaves() {
    Set<RsaIdentity> first = picked(network, now);
    for (Draft draft : drafts) {
      if (first.contains(draft.identity)) {
        draft.flags.remove(RelayFlag.STABLE);
      }
    }
    Set<RsaIdentity> second = picked(network(), now);
    assertEquals(4, second.size());
    assertTrue(second.stream().noneMatch(first::contains));
  }
}
