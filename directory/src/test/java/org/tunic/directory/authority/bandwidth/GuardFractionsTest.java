package org.tunic.directory.authority.bandwidth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.identity.RsaIdentity;

class GuardFractionsTest {
  private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
  private static final String HEAD =
      "guardfraction-file-version 1\nwritten-at 2026-11-19 10:00:00\nn-inputs 720 30\n\n";
  private static final String A = "A".repeat(40);

  private static Map<RsaIdentity, Integer> parse(String text) {
    return GuardFractions.parse(text, NOW);
  }

  @Test
  void parse_guards_haveTheirPercent() throws Exception {
    assertEquals(
        Map.of(RsaIdentity.fromHex(A), 100), parse(HEAD + "guard-seen " + A + " 100 420\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"guard-seen %s 101 1", "guard-seen %s x 1", "guard-seen %s 5", "who %s"})
  void parse_badLine_isLeftOut(String line) throws Exception {
    assertEquals(
        Map.of(RsaIdentity.fromHex("B".repeat(40)), 0),
        parse(HEAD + line.replace("%s", A) + "\nguard-seen " + "B".repeat(40) + " 0 1\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "guardfraction-file-version 2",
        "written-at 2026-11-12 23:59:59",
        "written-at yesterday"
      })
  void parse_badHead_endsTheReading(String line) {
    assertEquals(Map.of(), parse(line + "\nguard-seen " + A + " 100 420\n"));
  }

  @Test
  void read_missing_givesNothing(@org.junit.jupiter.api.io.TempDir Path directory) {
    assertEquals(Map.of(), GuardFractions.read(directory.resolve("none"), NOW));
  }
}
