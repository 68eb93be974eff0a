package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.testing.SeededRandom;

/** How many circuits a period allows, and how long a relay is left alone. */
final class IntroductionLaunchesTest {
  private static final int POINTS = 3;

  private final IntroductionLaunches launches = new IntroductionLaunches();
  private final Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final RsaIdentity relay = RsaIdentity.of(new SeededRandom(5).bytes(20));

  @Test
  void mayLaunch_asOftenAsCTorInFiveMinutes_thenAgain() {
    assertEquals(28, IntroductionLaunches.budget(POINTS));
    for (int i = 0; i < 28; i++) {
      assertTrue(launches.mayLaunch(POINTS, now));
      launches.launched();
    }
    Instant end = now.plus(IntroductionLaunches.PERIOD);
    assertEquals(end, launches.periodEnd());
    assertFalse(launches.mayLaunch(POINTS, end.minusMillis(1)));
    assertTrue(launches.mayLaunch(POINTS, end));
  }

  @Test
  void isAvoided_forFiveMinutes() {
    assertFalse(launches.isAvoided(relay, now));
    launches.avoid(relay, now);
    assertTrue(launches.isAvoided(relay, now.plusSeconds(299)));
    assertFalse(launches.isAvoided(relay, now.plusSeconds(300)));
  }
}
