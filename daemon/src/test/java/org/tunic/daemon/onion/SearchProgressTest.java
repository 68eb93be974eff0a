package org.tunic.daemon.onion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.testing.SeededRandom;

/** What is said about a search is true of searches. */
final class SearchProgressTest {
  private static final double EXPECTED = 1024;
  private static final int SEARCHES = 20_000;

  /** How many keys a search took: each key is one in 1024. */
  private static long search(RandomGenerator random) {
    return 1 + (long) Math.floor(Math.log1p(-random.nextDouble()) / Math.log1p(-1 / EXPECTED));
  }

  @Test
  void fractionEnded_isThatOfSimulatedSearches() {
    SeededRandom random = new SeededRandom(7);
    for (long tried : new long[] {100, 710, 1024, 2357}) {
      int ended = 0;
      for (int i = 0; i < SEARCHES; i++) {
        if (search(random) <= tried) {
          ended++;
        }
      }
      assertEquals(
          (double) ended / SEARCHES, new SearchProgress(EXPECTED, tried, 1).endedByNow(), 0.015);
    }
  }

  @Test
  void timeToGo_doesNotShrinkWithTheTimeThatWent_andIsThatOfSimulatedSearches() {
    SeededRandom random = new SeededRandom(8);
    // 100 keys a second, early and late.
    double early = new SearchProgress(EXPECTED, 100, 1).secondsForFraction(0.5);
    double late = new SearchProgress(EXPECTED, 3000, 30).secondsForFraction(0.5);
    assertEquals(early, late, 1e-9);
    int going = 0;
    int endedInTime = 0;
    while (going < SEARCHES) {
      long keys = search(random);
      if (keys > 500) {
        going++;
        if (keys <= 500 + 100 * early) {
          endedInTime++;
        }
      }
    }
    assertEquals(0.5, (double) endedInTime / going, 0.015);
    assertTrue(new SearchProgress(EXPECTED, 100, 1).secondsForFraction(0.9) > 3 * early);
  }

  @Test
  void line_saysAllOfIt() {
    assertEquals(
        "0 keys in 0.0 s", new SearchProgress(EXPECTED, 0, 0).line(), "before the first round");
    assertEquals(
        "1.00 million keys in 10 s, 100 thousand a second; 61 % of such searches end by now; of"
            + " those that go on, half end within 7.3 s more, nine in ten within 24 s",
        new SearchProgress(1 << 20, 1_000_000, 10).line());
  }

  @ParameterizedTest
  @CsvSource({
    "0.04, 0.0 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "61, 1 min 1 s",
    "3700, 1 h 1 min",
    "90000, 1 d 1 h",
    "63115200, 2 years",
    "1e15, 32 million years"
  })
  void time_isToldInTwoUnits(double seconds, String text) {
    assertEquals(text, SearchProgress.time(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "32, 32",
    "1024, 1024",
    "32768, 33 thousand",
    "1048576, 1.05 million",
    "1.15e18, 1.15 quintillion"
  })
  void count_isToldInWords(double number, String text) {
    assertEquals(text, SearchProgress.count(number));
  }
}
