package org.tunic.gateway.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.gateway.announce.TrackerTarget.Asked;
import org.tunic.gateway.announce.TrackerTarget.What;
import org.tunic.testing.SeededRandom;

class TrackerTargetTest {
  private static final HsId ONION = HsIdKeypair.generate(new SeededRandom(1)).id();

  @ParameterizedTest
  @CsvSource({
    "'', ANNOUNCE, /announce",
    "/announce, ANNOUNCE, /announce",
    "/scrape, SCRAPE, /announce",
    "/k3y/announce, ANNOUNCE, /k3y/announce",
    "/k3y/scrape, SCRAPE, /k3y/announce",
    "/announce/k3y, ANNOUNCE, /announce/k3y",
    "/scrape/k3y, SCRAPE, /announce/k3y",
  })
  void parse_pathsOfTrackers_areUnderstood(String path, What what, String announcePath) {
    assertEquals(
        Optional.of(new Asked(what, new TrackerTarget(ONION, 80, announcePath))),
        TrackerTarget.parse(ONION.unredactedHost().toUpperCase(Locale.ROOT), "80", path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/stats",
        "/announce/announce",
        "/announce/scrape",
        "/../announce",
        "//announce",
        "/announce?x",
        "/a%20b/announce",
        "/announcer",
        "/x.y/announce"
      })
  void parse_otherPaths_areRefused(String path) {
    assertEquals(Optional.empty(), TrackerTarget.parse(ONION.unredactedHost(), "80", path), path);
  }

  @Test
  void parse_whatIsNotAnOnion_isRefused() {
    String name = ONION.unredacted();
    for (String host :
        new String[] {
          "tracker.example",
          "127.0.0.1",
          name,
          name + ".onion.example",
          "a.onion",
          ".onion",
          "",
          "x" + name.substring(1) + ".onion"
        }) {
      assertEquals(Optional.empty(), TrackerTarget.parse(host, "80", "/announce"), host);
    }
    for (String port : new String[] {"", "0", "65536", "-1", "80x", "000080", "+80"}) {
      assertEquals(
          Optional.empty(), TrackerTarget.parse(ONION.unredactedHost(), port, "/announce"), port);
    }
  }
}
