package org.tunic.directory.protover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorVersionTest {
  @Test
  void order_ascends() {
    long seed = 3;
    List<String> ascending =
        List.of(
            "0.0.9",
            "0.1.0pre1",
            "0.1.0rc2",
            "0.1.0.1",
            "0.2.9.1-alpha",
            "0.4.8.0-alpha-dev",
            "0.4.8.1-alpha",
            "0.4.8.1-rc",
            "0.4.8.10",
            "Tor 0.4.9.11",
            "0.4.9.11-dev",
            "1.0",
            "not a version",
            "version");
    List<String> shuffled = new ArrayList<>(ascending);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(shuffled, new Random(seed + i));
      shuffled.sort(TorVersion.TEXT_ORDER);
      assertEquals(ascending, shuffled, "seed " + (seed + i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Tor 0.4.9.11 on Linux,0.4.9.11",
    "Tor 0.4.9.11,0.4.9.11",
    "Tor 0.4.8.1-alpha (git-0123abcd) on FreeBSD,0.4.8.1-alpha (git-0123abcd)",
    "Tor 0.2.3.4 (r1234) on Windows,0.2.3.4 (r1234)",
  })
  void ofPlatform_readsTheVersion(String platform, String version) {
    assertEquals(TorVersion.parse(version), TorVersion.ofPlatform(platform));
    assertTrue(TorVersion.ofPlatform(platform).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0.",
        "x.4.9",
        "0.4.",
        "0.4.9.",
        "0.4.9x1",
        "0.4.99999999999.1",
        "-1.0",
        "0.4.9.1 (git-xyz)"
      })
  void parse_malformed_isEmpty(String text) {
    assertEquals(java.util.Optional.empty(), TorVersion.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tor ", "Tor on Linux", "Tor Tor 0.4.9.11x"})
  void ofPlatform_malformed_isEmpty(String platform) {
    assertTrue(TorVersion.ofPlatform(platform).isEmpty());
  }
}
