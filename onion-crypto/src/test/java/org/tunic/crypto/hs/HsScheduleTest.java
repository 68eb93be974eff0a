package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;

/** The interplay of periods and shared-random runs. */
class HsScheduleTest {
  private static final HsSchedule PUBLIC = HsSchedule.of(1440, Duration.ofHours(1));

  @ParameterizedTest
  @CsvSource({
    "2016-04-13T00:00:00Z, false",
    "2016-04-13T11:00:00Z, false",
    "2016-04-13T12:00:00Z, true",
    "2016-04-13T23:00:00Z, true",
    "2016-04-14T00:00:00Z, false"
  })
  void isBetweenPeriodAndRun_byHour_isTheAfternoon(String validAfter, boolean expected) {
    assertEquals(expected, PUBLIC.isBetweenPeriodAndRun(Instant.parse(validAfter)));
  }

  @Test
  void startOf_publicPeriods_isNoon() {
    Instant noon = Instant.parse("2016-04-13T12:00:00Z");
    assertEquals(noon, PUBLIC.startOf(PUBLIC.periodAt(noon)));
    assertEquals(
        Instant.parse("2016-04-13T00:00:00Z"), PUBLIC.runStart(noon.plusSeconds(5 * 3600)));
    assertEquals(Instant.parse("2016-04-12T00:00:00Z"), PUBLIC.previousRunStart(noon));
    assertEquals(Instant.parse("2016-04-14T00:00:00Z"), PUBLIC.nextRunStart(noon));
  }

  /** Half of all consensuses lie between, and a period begins in the middle of each run. */
  @ParameterizedTest
  @ValueSource(ints = {10, 20, 60, 300, 3600})
  void testingNetwork_wholeMinutes_keepsStep(int interval) {
    HsSchedule schedule = HsSchedule.ofTestingNetwork(Duration.ofSeconds(interval));
    assertEquals(24 * interval / 60, schedule.periodMinutes());
    Instant start = Instant.ofEpochSecond(24L * interval * 75_000);
    assertEquals(start, schedule.runStart(start));
    long before = schedule.periodAt(start).number();
    for (int round = 0; round < 48; round++) {
      Instant validAfter = start.plusSeconds((long) round * interval);
      assertEquals(round % 24 >= 12, schedule.isBetweenPeriodAndRun(validAfter), "round " + round);
      assertEquals(
          before + (round + 12) / 24, schedule.periodAt(validAfter).number(), "round " + round);
    }
  }

  /** Trap: an interval that is no multiple of 5 seconds, as C tor has it too. */
  @Test
  void testingNetwork_brokenMinutes_driftsApart() {
    HsSchedule schedule = HsSchedule.ofTestingNetwork(Duration.ofSeconds(12));
    assertEquals(4, schedule.periodMinutes());
    Set<Long> begins = new HashSet<>();
    for (int run = 0; run < 24; run++) {
      Instant start = Instant.ofEpochSecond((1_700_000_000L / 288 + run) * 288);
      begins.add(
          IntStream.range(0, 24)
              .filter(r -> schedule.isBetweenPeriodAndRun(start.plusSeconds(12L * r)))
              .count());
    }
    assertTrue(begins.size() > 3, "rounds between: " + begins);
  }

  @Test
  void disasterValue_ofAPeriod_isThatOfTheSpecification() throws Exception {
    // C tor 0.4.9.11 src/test/test_hs_common.c (test_disaster_srv)
    assertEquals(
        Bytes.fromHex("f8a4948707653837fa44abb5bbc75a12f6f101e7f8faf699b9715f4965d3507d"),
        new TimePeriod(1, 1440).disasterValue());
  }
}
