package org.tunic.tracker.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.tracker.request.AnnounceRequest.OnionForm;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.InfoHash;

/** Announces of real clients, and what is refused. */
class AnnounceRequestTest {
  private static final String WHO =
      "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=6881";

  private static AnnounceRequest parse(String query) throws RequestException {
    return AnnounceRequest.parse(query);
  }

  @ParameterizedTest
  @CsvSource({
    "aria2, 6901, 50, e54b269ae5278817",
    "transmission, 6902, 80, 3265303233653461",
    "qbittorrent, 6903, 200, 3345313435343043",
    "rtorrent, 6904, -1, 3266376438343966",
    "webtorrent, 6905, 50, ''"
  })
  void parse_announceOfClient_hasItsParts(String client, int port, int numwant, String key)
      throws RequestException {
    AnnounceRequest announce = parse(Clients.query(client));
    assertEquals(
        InfoHash.at(HexFormat.of().parseHex("22c70aab00010203040506070809616263646566"), 0),
        announce.torrent());
    assertEquals(port, announce.port());
    assertEquals(numwant, announce.numwant());
    assertEquals(key, announce.key().hex());
    assertEquals(Role.LEECHER, announce.role());
    assertEquals(Event.STARTED, announce.event());
    assertTrue(announce.compact());
    assertEquals("", announce.ip(), "ipv6 is not read");
  }

  @Test
  void parse_plusSign_isNoSpace() throws RequestException {
    AnnounceRequest announce = parse(WHO.replace("bb&", "b+&"));
    byte[] peer = new byte[20];
    announce.peer().copyTo(peer, 0);
    assertEquals('+', peer[19]);
  }

  @ParameterizedTest
  @CsvSource({
    "'', LEECHER",
    "left=0, SEED",
    "left=1, LEECHER",
    "left=18446744073709551615, LEECHER",
    "left=99999999999999999999999, LEECHER",
    "left=-1, LEECHER",
    "left=5&event=paused, PARTIAL_SEED",
    "left=0&event=paused, SEED"
  })
  void role_byLeftAndEvent_isThatOfThePeer(String more, Role role) throws RequestException {
    assertEquals(role, parse(WHO + "&" + more).role());
  }

  @Test
  void parse_unknownEventsAndNames_arePassedOver() throws RequestException {
    AnnounceRequest announce = parse("x=%zz&" + WHO + "&event=empty&redundant=0&&=&y");
    assertEquals(Event.REGULAR, announce.event());
    assertEquals(OnionForm.UNSAID, announce.onion());
    assertEquals(OnionForm.COMPACT, parse(WHO + "&onion=1").onion());
    assertEquals(OnionForm.NAMES, parse(WHO + "&onion=names").onion());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peer_id=bbbbbbbbbbbbbbbbbbbb&port=1|missing info_hash",
        "info_hash=aaaaaaaaaaaaaaaaaaaa&port=1|missing peer_id",
        "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb|missing or bad port",
        "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=65536|missing or bad port",
        "info_hash=aaaaaaaaaaaaaaaaaaaa&info_hash=aaaaaaaaaaaaaaaaaaaa|more than one info_hash",
        "info_hash=aaaaaaaaaaaaaaaaaaa|bad info_hash",
        "info_hash=aaaaaaaaaaaaaaaaaaaaa|bad info_hash",
        "info_hash=aaaaaaaaaaaaaaaaaaa%4|bad info_hash",
        "peer_id=%gg|bad peer_id"
      })
  void parse_badAnnounce_saysWhy(String query, String why) {
    assertEquals(why, assertThrows(RequestException.class, () -> parse(query)).reason());
  }

  @Test
  void parse_overLongParts_areRefused() {
    assertEquals(
        "a parameter is too long",
        assertThrows(RequestException.class, () -> parse(WHO + "&key=" + "k".repeat(65))).reason());
    assertEquals(
        "a parameter is too long",
        assertThrows(RequestException.class, () -> parse(WHO + "&ip=" + "1".repeat(65))).reason());
    assertEquals(
        "request too long",
        assertThrows(RequestException.class, () -> parse(WHO + "&x=" + "1".repeat(4096))).reason());
  }
}
