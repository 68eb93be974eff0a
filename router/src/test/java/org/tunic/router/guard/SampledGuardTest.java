package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.testing.SeededRandom;

class SampledGuardTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final String IDENTITY = "rsa_id=00112233445566778899AABBCCDDEEFF00112233";

  private static SampledGuard parse(String value) {
    return SampledGuard.parse(value, NOW).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "in=default",
        IDENTITY,
        "in=default rsa_id=0011",
        "in=default rsa_id=zz112233445566778899AABBCCDDEEFF00112233",
        "rsa_id"
      })
  void parse_withoutSelectionOrIdentity_isEmpty(String value) {
    assertTrue(SampledGuard.parse(value, NOW).isEmpty());
  }

  @Test
  void parse_onlyTheNecessary_takesDefaults() {
    SampledGuard guard = parse("in=default " + IDENTITY);
    assertEquals(NOW, guard.sampledOn());
    assertFalse(guard.listed());
    assertNull(guard.confirmed());
  }

  @Test
  void parse_badNumbersAndTimes_takesDefaults() {
    SampledGuard guard =
        parse(
            "in=default "
                + IDENTITY
                + " listed=1 sampled_on=2026-02-30T00:00:00 sampled_idx=-4 confirmed_idx=99999999999");
    assertTrue(guard.listed());
    assertEquals(NOW, guard.sampledOn());
    assertEquals(Integer.MAX_VALUE, guard.sampledIndex());
    assertNull(guard.confirmed());
  }

  @Test
  void parse_unknownAndRepeatedPairs_areKept() {
    String line =
        "in=default "
            + IDENTITY
            + " sampled_on=2026-01-01T00:00:00 sampled_idx=3 listed=1 new=1 in=other bare";
    assertEquals(line, parse(line).format());
  }

  @Test
  void parse_lineWithoutSampleOrder_usesConfirmedIndex() {
    SampledGuard guard =
        parse(
            "in=default "
                + IDENTITY
                + " listed=1 confirmed_on=2026-01-01T00:00:00 confirmed_idx=5");
    assertEquals(5, guard.sampledIndex());
  }

  @Test
  void parse_randomText_neverThrows() {
    for (int seed = 0; seed < 2000; seed++) {
      SeededRandom random = new SeededRandom(seed);
      StringBuilder value = new StringBuilder("in=x " + IDENTITY);
      String alphabet = " =abdeiflmnorstux_0123456789-:T\t";
      List<String> keys =
          new ArrayList<>(
              List.of(
                  "listed=",
                  "sampled_on=",
                  "sampled_idx=",
                  "confirmed_on=",
                  "confirmed_idx=",
                  "unlisted_since=2026-",
                  ""));
      Collections.shuffle(keys, random);
      for (String key : keys) {
        value.append(' ').append(key);
        for (int i = random.nextInt(20); i > 0; i--) {
          value.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
      }
      SampledGuard guard = parse(value.toString());
      assertEquals(guard, parse(guard.format()), random.toString());
    }
  }
}
