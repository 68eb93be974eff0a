package org.tunic.tracker.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.ManualClock;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.SwarmStore.Limits;

/** Peers as trackers tell them each other. */
class PeerValueTest {
  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SwarmStore here = new SwarmStore(new Limits(10, 10, 5), clock, KEY, () -> random());
  private final SwarmStore there = new SwarmStore(Limits.DEFAULT, clock, KEY, () -> random());
  private static final byte[] KEY = new byte[SwarmStore.KEY_BYTES];

  private static org.tunic.testing.SeededRandom random() {
    return new org.tunic.testing.SeededRandom(1);
  }

  private PeerValue value(SwarmStore store, int peer) {
    Bytes value = store.own(Swarms.torrent(1), Swarms.peer(peer)).orElseThrow();
    return PeerValue.read(value.toArray()).orElseThrow();
  }

  @Test
  void peer_ofEachKind_isTheSameAtTheOther() {
    int number = 0;
    for (PeerAddress address : List.of(PeerAddress.NONE, Swarms.ipv4(7), Swarms.onion(8))) {
      for (Role role : Role.values()) {
        Swarms.take(there, Swarms.announce(1, ++number, role, Event.STARTED, address));
        PeerValue value = value(there, number);
        assertEquals(address, value.address());
        assertEquals(there.nowSeconds(), value.seen());
      }
    }
    Map<PeerId, PeerValue> one = Map.of(Swarms.peer(2), value(there, 2));
    assertEquals(1, here.takeForeign(Swarms.torrent(1), List.of(), one).size());
    assertEquals(1, here.scrape(Swarms.torrent(1)).complete());
    assertTrue(here.own(Swarms.torrent(1), Swarms.peer(2)).isEmpty(), "not ours to write");
  }

  @Test
  void foreignPeers_giveWayToTheNextOnesAndToAnAnnounceHere() {
    for (int i = 1; i <= 4; i++) {
      Swarms.take(there, Swarms.seed(i));
    }
    InfoHash torrent = Swarms.torrent(1);
    List<PeerId> first =
        here.takeForeign(
            torrent,
            List.of(),
            Map.of(Swarms.peer(1), value(there, 1), Swarms.peer(2), value(there, 2)));
    assertEquals(2, here.peers());
    Swarms.take(here, Swarms.seed(2));
    assertTrue(here.own(torrent, Swarms.peer(2)).isPresent());
    here.takeForeign(torrent, first, Map.of(Swarms.peer(3), value(there, 3)));
    assertEquals(2, here.peers(), "the first has gone, the second is ours now");
    assertEquals(
        List.of(),
        here.takeForeign(torrent, List.of(), Map.of(Swarms.peer(2), value(there, 2))),
        "ours is as new");
  }

  @Test
  void foreignPeers_beyondTheBounds_areLeftOut() {
    for (int i = 1; i <= 8; i++) {
      Swarms.take(there, Swarms.seed(i));
    }
    Map<PeerId, PeerValue> peers = new java.util.HashMap<>();
    for (int i = 1; i <= 8; i++) {
      peers.put(Swarms.peer(i), value(there, i));
    }
    assertEquals(5, here.takeForeign(Swarms.torrent(1), List.of(), peers).size());
    assertEquals(5, here.takeForeign(Swarms.torrent(2), List.of(), peers).size());
    assertEquals(0, here.takeForeign(Swarms.torrent(3), List.of(), peers).size());
    assertEquals(10, here.peers());
    assertEquals(2, here.swarms(), "none without peers");
  }

  @Test
  void bytes_ofAnySort_areReadOrNot() {
    Random random = new Random(5);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(50)];
      random.nextBytes(bytes);
      if (bytes.length > 0 && i % 2 == 0) {
        bytes[0] = (byte) random.nextInt(Swarm.GROUPS);
      }
      Optional<PeerValue> value = PeerValue.read(bytes);
      assertTrue(value.isEmpty() || bytes.length >= 10);
    }
  }
}
