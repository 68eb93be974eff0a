package org.tunic.directory.authority.consensus;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandwidthWeightsLinePropertyTest {
  @Test
  void line_anyNetwork_sharesSumToOne() {
    long seed = 77;
    Random random = new Random(seed);
    int computed = 0;
    for (int i = 0; i < 20_000; i++) {
      long[] c = new long[4];
      for (int j = 0; j < 4; j++) {
        c[j] = 1 + random.nextLong(random.nextBoolean() ? 100 : 100_000_000);
      }
      Optional<String> line =
          new BandwidthWeightsLine(c[0], c[1], c[2], c[3], c[0] + c[1] + c[2] + c[3], 10_000)
              .line();
      if (line.isPresent()) {
        computed++;
        Map<String, Integer> w = weights(line.get());
        String where = "seed " + seed + " round " + i + " " + line.get();
        assertEquals(10_000, of(w, "Wgg") + of(w, "Wmg"), 10, where);
        assertEquals(10_000, of(w, "Wee") + of(w, "Wme"), 10, where);
        assertEquals(10_000, of(w, "Wgd") + of(w, "Wed") + of(w, "Wmd"), 10, where);
        w.forEach((name, value) -> assertTrue(value >= 0 && value <= 10_000, where));
        assertEquals(of(w, "Wee"), of(w, "Wem"), where);
        assertEquals(of(w, "Wgg"), of(w, "Wgm"), where);
      }
    }
    assertTrue(computed > 15_000, "seed " + seed + ": " + computed);
  }

  /** Worked out by hand from the formulas of the specification. */
  @ParameterizedTest
  @CsvSource({
    // g, m, e, d → Wgg Wee Wgd Wed Wmd : case
    "300,100,300,1,7778,7777,3333,3333,3333", // 1: neither scarce
    "1,1000,100,10,10000,10000,10000,0,0", // 2a: G scarce
    "100,1000,1,10,10000,10000,0,10000,0", // 2a: E scarce
    "1,100,900,1,10000,5556,10000,0,0", // 3a: G scarce
    "900,100,1,1,5556,10000,0,10000,0", // 3a: E scarce
  })
  void line_cases(long g, long m, long e, long d, int wgg, int wee, int wgd, int wed, int wmd) {
    Map<String, Integer> w =
        weights(new BandwidthWeightsLine(g, m, e, d, g + m + e + d, 10_000).line().orElseThrow());
    assertEquals(
        wgg + " " + wee + " " + wgd + " " + wed + " " + wmd,
        of(w, "Wgg")
            + " "
            + of(w, "Wee")
            + " "
            + of(w, "Wgd")
            + " "
            + of(w, "Wed")
            + " "
            + of(w, "Wmd"));
  }

  private static int of(Map<String, Integer> weights, String name) {
    return requireNonNull(weights.get(name), name);
  }

  private static Map<String, Integer> weights(String line) {
    Map<String, Integer> weights = new HashMap<>();
    for (String word : line.strip().split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        weights.put(word.substring(0, equals), Integer.valueOf(word.substring(equals + 1)));
      }
    }
    assertEquals(19, weights.size());
    return weights;
  }
}
