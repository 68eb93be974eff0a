package org.tunic.directory.authority.descriptors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.AuthorityConfigs;
import org.tunic.directory.authority.flags.StabilityHistory;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.linkspec.RelayAddress;

class ReachabilityTestsTest {
  private static final Instant NOW = CtorDocs.NOW;
  private final DescriptorBook book =
      new DescriptorBook(AuthorityConfigs.testing(), KeyPins.load(""));
  private final StabilityHistory history = new StabilityHistory(true);
  private final ReachabilityTests tests =
      new ReachabilityTests(AuthorityConfigs.testing(), book, history);
  private final List<RouterDescriptor> relays;

  ReachabilityTestsTest() {
    relays = RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"));
    relays.forEach(r -> book.restore(r.text(), NOW));
  }

  @Test
  void due_urgentRelays_comeAtOnceAndOnce() {
    tests.due(NOW);
    relays.forEach(r -> tests.soon(r.identity()));
    assertEquals(7, tests.due(NOW).size());
    assertEquals(0, tests.due(NOW).size());
  }

  @Test
  void due_inOneCycle_everyRelayOnce() {
    Map<RsaIdentity, Integer> counts = new HashMap<>();
    for (int second = 0; second < 1280; second++) {
      tests.due(NOW.plusSeconds(second)).forEach(t -> counts.merge(t.ids().rsa(), 1, Integer::sum));
    }
    assertEquals(7, counts.size());
    counts.values().forEach(count -> assertEquals(1, count));
  }

  @Test
  void isRunning_lastsFortyFiveMinutesAfterATest() {
    RouterDescriptor relay = relays.getFirst();
    assertFalse(tests.isRunning(relay, true, NOW));
    tests.reachable(relay.ids(), relay.contents().orPort(), NOW);
    assertTrue(tests.isRunning(relay, true, NOW.plus(Duration.ofMinutes(44))));
    assertFalse(tests.isRunning(relay, true, NOW.plus(Duration.ofMinutes(46))));
  }

  @Test
  void reachable_otherIdentityOrAddress_doesNotCount() {
    RouterDescriptor relay = relays.getFirst();
    RelayIds impostor = new RelayIds(relay.identity(), Ed25519Identity.of(new byte[32]));
    tests.reachable(impostor, relay.contents().orPort(), NOW);
    tests.reachable(RelayIds.ofRsa(relay.identity()), relay.contents().orPort(), NOW);
    tests.reachable(relay.ids(), RelayAddress.parse("127.0.0.1:9").orElseThrow(), NOW);
    assertFalse(tests.isRunning(relay, true, NOW));
  }
}
