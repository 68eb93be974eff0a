package org.tunic.gateway.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.gateway.standin.StandIns.Listed;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.InfoHash;

class StandInsTest {
  private static final Instant NOW = Instant.parse("2026-11-28T06:00:00Z");

  private final SeededRandom random = new SeededRandom(1);
  private final StandIns standIns = new StandIns(random);

  private static InfoHash torrent(int number) {
    return new InfoHash(0, 0, number);
  }

  private static HsId onion(int number) {
    byte[] key = new byte[Ed25519Identity.LENGTH];
    key[0] = (byte) number;
    key[1] = (byte) (number >> 8);
    return new HsId(Ed25519Identity.of(key));
  }

  private Listed list(int torrent, int onion, Instant now) {
    return standIns.list(torrent(torrent), onion(onion), 6881, now);
  }

  private static int second(InetAddress address) {
    return address.getAddress()[1] & 0xff;
  }

  @Test
  void list_sameOnionTwice_hasOneAddressAndItsFirstPort() {
    Listed first = list(1, 1, NOW);
    Listed again = standIns.list(torrent(1), onion(1), 7000, NOW.plusSeconds(1));
    assertTrue(first.isNew());
    assertFalse(again.isNew());
    assertEquals(first.standIn(), again.standIn());
    assertEquals(6881, again.standIn().orElseThrow().address().getPort());
  }

  @Test
  void list_sameOnionInTwoTorrents_hasTwoAddresses() {
    StandIn one = list(1, 1, NOW).standIn().orElseThrow();
    StandIn other = list(2, 1, NOW).standIn().orElseThrow();
    assertFalse(one.address().equals(other.address()));
  }

  @Test
  void addresses_ofBothKinds_areDistinctAndInTheirSlices() {
    Set<InetAddress> seen = new HashSet<>();
    for (int i = 0; i < StandIns.MAX_OF_TORRENT; i++) {
      InetAddress address = list(1, i, NOW).standIn().orElseThrow().address().getAddress();
      assertEquals(127, address.getAddress()[0]);
      assertTrue(second(address) >= 64 && second(address) < 96, address.toString());
      seen.add(address);
      InetAddress source = standIns.take().orElseThrow();
      assertEquals(127, source.getAddress()[0]);
      assertTrue(second(source) >= 96 && second(source) < 128, source.toString());
      seen.add(source);
    }
    assertEquals(2 * StandIns.MAX_OF_TORRENT, seen.size());
  }

  @Test
  void list_beyondTheBoundOfATorrent_displacesTheOneUnlistedForLongest() {
    for (int i = 0; i < StandIns.MAX_OF_TORRENT; i++) {
      list(1, i, NOW.plusSeconds(i));
    }
    Instant fresh = NOW.plus(StandIns.FRESH).minusSeconds(1);
    assertEquals(Optional.empty(), list(1, 5000, fresh).standIn());
    Instant later = NOW.plus(StandIns.FRESH).plusSeconds(1);
    assertTrue(list(2, 5000, later).standIn().isPresent(), "another torrent has room");
    Listed listed = list(1, 5000, later);
    assertTrue(listed.standIn().isPresent());
    assertEquals(onion(0), listed.displaced().orElseThrow().onion());
    assertEquals(StandIns.MAX_OF_TORRENT + 1, standIns.dialled());
  }

  @Test
  void list_beyondTheBoundOfAll_isRefusedWhileAllAreFreshOrConnected() {
    for (int i = 0; i < StandIns.MAX_DIALLED; i++) {
      StandIn made = list(i / StandIns.MAX_OF_TORRENT, i, NOW).standIn().orElseThrow();
      if (i > 0) {
        assertTrue(standIns.connected(made));
      }
    }
    assertEquals(StandIns.MAX_DIALLED, standIns.dialled());
    assertEquals(Optional.empty(), list(99, 1, NOW).standIn());
    Instant later = NOW.plus(StandIns.FRESH);
    assertEquals(onion(0), list(99, 1, later).displaced().orElseThrow().onion());
    assertEquals(Optional.empty(), list(99, 2, later).standIn(), "the others are connected");
    assertEquals(StandIns.MAX_DIALLED, standIns.dialled());
  }

  @Test
  void take_beyondTheBound_isRefusedUntilOneIsGivenBack() {
    InetAddress first = standIns.take().orElseThrow();
    for (int i = 1; i < StandIns.MAX_DIALLING; i++) {
      assertTrue(standIns.take().isPresent());
    }
    assertEquals(Optional.empty(), standIns.take());
    standIns.giveBack(first);
    assertTrue(standIns.take().isPresent());
    assertEquals(StandIns.MAX_DIALLING, standIns.dialling());
  }

  @Test
  void expire_takesWhatIsUnlistedAndUnconnected() {
    StandIn connected = list(1, 1, NOW).standIn().orElseThrow();
    StandIn idle = list(1, 2, NOW).standIn().orElseThrow();
    list(1, 3, NOW.plus(Duration.ofHours(1)));
    assertTrue(standIns.connected(connected));
    Instant later = NOW.plus(StandIns.KEPT);
    assertEquals(List.of(), standIns.expire(later.minusSeconds(1)));
    assertEquals(List.of(idle), standIns.expire(later));
    standIns.disconnected(connected);
    assertEquals(List.of(connected), standIns.expire(later));
    assertEquals(1, standIns.dialled());
  }

  @Test
  void connected_beyondTheBound_isFalseUntilOneEnds() {
    StandIn one = list(1, 1, NOW).standIn().orElseThrow();
    for (int i = 0; i < StandIns.MAX_CONNECTIONS; i++) {
      assertTrue(standIns.connected(one));
    }
    assertFalse(standIns.connected(one));
    standIns.disconnected(one);
    assertTrue(standIns.connected(one));
  }

  @Test
  void connected_afterItsTorrentIsForgotten_isFalse() {
    StandIn one = list(1, 1, NOW).standIn().orElseThrow();
    StandIn other = list(2, 1, NOW).standIn().orElseThrow();
    assertEquals(List.of(one), standIns.forget(torrent(1)));
    assertFalse(standIns.connected(one));
    assertTrue(standIns.connected(other));
    standIns.giveUp(other);
    assertFalse(standIns.connected(other));
  }
}
