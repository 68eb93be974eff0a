package org.tunic.gateway.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.gateway.announce.OutgoingAnnounce.Self;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.AnnounceRequest.OnionForm;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress.Kind;
import org.tunic.tracker.swarm.PeerId;

class OutgoingAnnounceTest {
  private static final Instant NOW = Instant.parse("2026-11-28T06:00:00Z");
  private static final String PEER = "-TN0001-abcdefghijkl";

  private final SeededRandom random = new SeededRandom(1);
  private final HsIdKeypair own = HsIdKeypair.generate(random);
  private final HsId tracker = HsIdKeypair.generate(random).id();
  private final TrackerTarget target = new TrackerTarget(tracker, 80, TrackerTarget.ANNOUNCE);
  private final Self self =
      new Self(
          own.id(),
          6881,
          PeerId.at(PEER.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0),
          "0a1b2c3d");

  private String announce(TrackerTarget to, String query) throws RequestException {
    return OutgoingAnnounce.announce(
        to, AnnounceRequest.parse(query), self, NOW.getEpochSecond(), own::sign);
  }

  private static String query(String request) {
    return request.substring(request.indexOf('?') + 1, request.indexOf(" HTTP/1.1\r\n"));
  }

  @Test
  void announce_ofFiveClients_isOneAndTheSame() throws RequestException {
    Set<String> requests = new HashSet<>();
    for (String query : Clients.queries()) {
      requests.add(announce(target, query));
    }
    assertEquals(1, requests.size(), requests.toString());
    String only = requests.iterator().next();
    for (String telling :
        new String[] {
          "203.0.113",
          "2001",
          "-TR3000",
          "qB",
          "690",
          "ipv4",
          "ipv6",
          "=17",
          "=4&",
          "supportcrypto",
          "Agent",
          "400000"
        }) {
      assertFalse(only.contains(telling), telling + " in " + only);
    }
    assertEquals(
        "Host: " + tracker.unredactedHost() + "\r\nConnection: close\r\n\r\n",
        only.substring(only.indexOf("\r\n") + 2));
  }

  @Test
  void announce_isUnderstoodByTheTracker_andItsOnionHandedOut() throws RequestException {
    AnnounceRequest read = AnnounceRequest.parse(query(announce(target, Clients.queries().get(0))));
    assertEquals(self.peer(), read.peer());
    assertEquals(6881, read.port());
    assertEquals(Role.LEECHER, read.role());
    assertEquals(Event.STARTED, read.event());
    assertEquals(OnionForm.COMPACT, read.onion());
    assertEquals(OutgoingAnnounce.NUMWANT, read.numwant());
    AddressRules rules =
        new AddressRules(
            Policy.ONION, Unsigned.DROP, Optional.of(tracker), ManualClock.at(NOW.toString()));
    assertEquals(Kind.ONION, rules.decide(read, Optional.empty()).kind());
    AddressRules others =
        new AddressRules(
            Policy.ONION, Unsigned.DROP, Optional.of(own.id()), ManualClock.at(NOW.toString()));
    assertEquals(Kind.UNLISTED, others.decide(read, Optional.empty()).kind(), "for one tracker");
  }

  @Test
  void announce_saysWhatMatters() throws RequestException {
    String base = "info_hash=" + Clients.INFO_HASH + "&peer_id=-qB4520-a5L9xJtPDNJv&port=6903";
    assertTrue(query(announce(target, base + "&left=0&event=completed")).contains("&left=0&"));
    assertTrue(
        query(announce(target, base + "&left=0&event=completed")).contains("&event=completed"));
    assertTrue(query(announce(target, base + "&left=9")).contains("&left=1&"));
    assertTrue(query(announce(target, base + "&left=9&event=paused")).contains("&event=paused"));
    assertFalse(query(announce(target, base + "&left=9&event=other")).contains("event"));
    String stopped = query(announce(target, base + "&event=stopped"));
    assertTrue(stopped.contains("&event=stopped") && stopped.contains("&numwant=0&"), stopped);
  }

  @Test
  void totals_areToldToATrackerWithAccountsOnly() throws RequestException {
    String query = Clients.queries().get(0);
    assertTrue(announce(target, query).contains("&uploaded=0&downloaded=0&"));
    String told = announce(new TrackerTarget(tracker, 8080, "/k3y_A-b/announce"), query);
    assertTrue(told.startsWith("GET /k3y_A-b/announce?info_hash="), told);
    assertTrue(told.contains("&uploaded=17&downloaded=4&"), told);
    assertTrue(told.contains("\r\nHost: " + tracker.unredactedHost() + ":8080\r\n"), told);
  }

  @Test
  void scrape_namesOneTorrent_whereTheTrackerHasScrapes() {
    InfoHash torrent =
        InfoHash.at("aaaaaaaaaaaaaaaaaaaa".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0);
    assertTrue(
        OutgoingAnnounce.scrape(target, torrent)
            .startsWith("GET /scrape?info_hash=" + "%61".repeat(20) + " HTTP/1.1\r\nHost: "));
    assertTrue(
        OutgoingAnnounce.scrape(new TrackerTarget(tracker, 80, "/announce/key"), torrent)
            .startsWith("GET /scrape/key?info_hash="));
  }
}
