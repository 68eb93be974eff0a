package org.tunic.directory.authority.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.testing.SeededRandom;

class StabilityHistoryTest {
  private static final Instant T0 = Instant.parse("2026-11-22T00:00:00Z");
  private static final RsaIdentity RELAY = RsaIdentity.of(new byte[20]);
  private final RelayAddress address = RelayAddress.parse("192.0.2.1:9001").orElseThrow();
  private final StabilityHistory history = new StabilityHistory(false);

  @Test
  void of_relayUpSinceTheFirstTest() {
    history.reachable(RELAY, address, T0);
    assertEquals(new Stability(1, 600, 600, 600), history.of(RELAY, T0.plusSeconds(600)));
    assertEquals(Stability.UNKNOWN, history.of(RsaIdentity.of(new SeededRandom(1).bytes(20)), T0));
  }

  @Test
  void of_relayThatWasDown_countsBoth() {
    history.reachable(RELAY, address, T0);
    history.unreachable(RELAY, T0.plusSeconds(900));
    history.reachable(RELAY, address, T0.plusSeconds(1000));
    Stability stability = history.of(RELAY, T0.plusSeconds(1500));
    assertEquals(1400.0 / 1500, stability.weightedUptime(), 1e-9);
    assertEquals(1500, stability.timeKnown());
    assertEquals(700, stability.meanTimeBetweenFailures(), 1e-9);
    assertEquals(500, stability.uptime());
  }

  @Test
  void discount_halfADay_takesFivePercent() {
    history.discount(T0);
    history.reachable(RELAY, address, T0);
    history.unreachable(RELAY, T0.plusSeconds(1000));
    history.reachable(RELAY, address, T0.plusSeconds(1000));
    history.discount(T0.plus(Duration.ofHours(12)));
    Stability stability = history.of(RELAY, T0.plusSeconds(1000));
    assertEquals(950, stability.timeKnown());
    assertEquals(950 / 1.95, stability.meanTimeBetweenFailures(), 1e-9);
  }

  @Test
  void makePessimal_leavesNothingGood() {
    history.reachable(RELAY, address, T0);
    history.makePessimal(RELAY, T0.plusSeconds(600));
    assertEquals(0, history.of(RELAY, T0.plusSeconds(600)).weightedUptime());
  }

  @Test
  void isLongEnough_afterFourHours() {
    assertFalse(history.isLongEnough(T0));
    history.reachable(RELAY, address, T0);
    assertFalse(history.isLongEnough(T0.plus(Duration.ofHours(4))));
    assertTrue(history.isLongEnough(T0.plus(Duration.ofHours(4)).plusSeconds(1)));
  }

  @Test
  void reachable_moreRelaysThanTheBound_areNotRemembered() {
    SeededRandom random = new SeededRandom(2);
    for (int i = 0; i < StabilityHistory.MAX_RELAYS; i++) {
      history.reachable(RsaIdentity.of(random.bytes(20)), address, T0);
    }
    history.reachable(RELAY, address, T0);
    assertEquals(Stability.UNKNOWN, history.of(RELAY, T0.plusSeconds(9)));
  }
}
