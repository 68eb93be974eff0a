package org.tunic.tracker.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.tracker.swarm.Swarms.announce;
import static org.tunic.tracker.swarm.Swarms.leecher;
import static org.tunic.tracker.swarm.Swarms.onion;
import static org.tunic.tracker.swarm.Swarms.seed;
import static org.tunic.tracker.swarm.Swarms.take;
import static org.tunic.tracker.swarm.Swarms.torrent;
import static org.tunic.tracker.swarm.Swarms.wanting;
import static org.tunic.tracker.swarm.Swarms.withKey;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.ManualClock;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.Announced.Keeping;
import org.tunic.tracker.swarm.PeerStore.Scraped;
import org.tunic.tracker.swarm.SwarmStore.Limits;

/** Counts, bounds, who is picked, and who is forgotten. */
class SwarmStoreTest {
  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SwarmStore store = Swarms.store(Limits.DEFAULT, clock, 1);

  /** The numbers of the peers in a list of onion peers with ids. */
  private static List<Integer> numbers(PeerList peers) {
    List<Integer> numbers = new ArrayList<>();
    PeerList.Part part = peers.onion();
    for (int at = 0; part != null && at < part.length(); at += part.stride()) {
      numbers.add((int) PeerId.at(part.bytes(), at).middle());
    }
    return numbers;
  }

  @Test
  void announce_ofPeers_countsThem() {
    take(store, seed(1));
    take(store, leecher(2));
    take(store, announce(1, 3, Role.PARTIAL_SEED, Event.REGULAR, PeerAddress.NONE));
    assertEquals(new Counts(1, 2, 1, 0), store.scrape(torrent(1)));
    assertEquals(Counts.NONE, store.scrape(torrent(2)));
    assertEquals(new SwarmStore.Totals(1, 3, 1), store.totals());
  }

  @Test
  void announce_roleChanges_movesThePeer() {
    take(store, leecher(1));
    take(store, announce(1, 1, Role.PARTIAL_SEED, Event.REGULAR, onion(1)));
    assertEquals(new Counts(0, 1, 0, 0), store.scrape(torrent(1)));
    take(store, announce(1, 1, Role.LEECHER, Event.REGULAR, onion(1)));
    assertEquals(new Counts(0, 1, 1, 0), store.scrape(torrent(1)));
    take(store, announce(1, 1, Role.PARTIAL_SEED, Event.REGULAR, PeerAddress.NONE));
    assertEquals(new Counts(0, 1, 0, 0), store.scrape(torrent(1)));
    take(store, announce(1, 1, Role.SEED, Event.REGULAR, PeerAddress.NONE));
    assertEquals(new Counts(1, 0, 0, 0), store.scrape(torrent(1)));
    assertEquals(1, store.peers());
  }

  @Test
  void completed_countsOnceForAPeerThatLeeched() {
    take(store, announce(1, 1, Role.SEED, Event.COMPLETED, onion(1)));
    assertEquals(0, store.scrape(torrent(1)).downloaded(), "it never leeched");
    take(store, leecher(2));
    take(store, announce(1, 2, Role.SEED, Event.COMPLETED, onion(2)));
    take(store, announce(1, 2, Role.SEED, Event.COMPLETED, onion(2)));
    take(store, announce(1, 2, Role.LEECHER, Event.REGULAR, onion(2)));
    take(store, announce(1, 2, Role.SEED, Event.COMPLETED, onion(2)));
    assertEquals(1, store.scrape(torrent(1)).downloaded());
  }

  @Test
  void stopped_forgetsThePeerAndItsSwarm() {
    take(store, leecher(1));
    Announced.Taken left = take(store, announce(1, 1, Role.LEECHER, Event.STOPPED, onion(1)));
    assertEquals(Keeping.REMOVED, left.keeping());
    assertNull(left.peers().onion());
    assertEquals(0, store.peers());
    assertEquals(0, store.swarms());
  }

  @Test
  void peer_withAnotherKey_isRefusedAndUnchanged() {
    take(store, withKey(leecher(1), "mine"));
    assertInstanceOf(Announced.WrongKey.class, store.announce(withKey(seed(1), "yours")));
    assertInstanceOf(Announced.WrongKey.class, store.announce(seed(1)));
    assertInstanceOf(
        Announced.WrongKey.class,
        store.announce(announce(1, 1, Role.LEECHER, Event.STOPPED, onion(1))));
    assertEquals(new Counts(0, 1, 1, 0), store.scrape(torrent(1)));
    assertEquals(Keeping.KNOWN, take(store, withKey(leecher(1), "mine")).keeping());
  }

  @Test
  void pick_neverTellsTheAskerOrItsAddress() {
    take(store, seed(1));
    take(store, announce(1, 7, Role.SEED, Event.REGULAR, onion(5)));
    for (int i = 0; i < 50; i++) {
      assertEquals(List.of(1), numbers(take(store, wanting(leecher(5), 1)).peers()));
    }
  }

  @Test
  void pick_forSeeds_hasNoSeeds() {
    take(store, seed(1));
    take(store, seed(2));
    take(store, leecher(3));
    take(store, announce(1, 4, Role.PARTIAL_SEED, Event.REGULAR, onion(4)));
    assertEquals(List.of(3), numbers(take(store, seed(1)).peers()));
    assertEquals(
        List.of(3),
        numbers(take(store, announce(1, 4, Role.PARTIAL_SEED, Event.REGULAR, onion(4))).peers()));
    assertEquals(Set.of(1, 2, 4), new TreeSet<>(numbers(take(store, leecher(3)).peers())));
  }

  @Test
  void pick_forLeechers_hasTwoThirdsSeedsAndFillsUp() {
    for (int i = 0; i < 100; i++) {
      take(store, wanting(seed(i), 0));
      take(store, wanting(leecher(1000 + i), 0));
    }
    List<Integer> picked = numbers(take(store, wanting(leecher(1000), 30)).peers());
    assertEquals(20, picked.stream().filter(n -> n < 1000).count());
    assertEquals(30, picked.size());
    assertEquals(30, new TreeSet<>(picked).size(), "nobody twice");
    assertEquals(199, numbers(take(store, wanting(leecher(1000), 500)).peers()).size());
  }

  @Test
  void pick_unsignedOnions_comeOnlyWhenOthersAreTooFew() {
    for (int i = 0; i < 20; i++) {
      take(store, wanting(seed(i), 0));
      PeerAddress unsigned =
          new PeerAddress(PeerAddress.Kind.UNSIGNED_ONION, onion(100 + i).address(), 6881);
      take(store, wanting(announce(1, 100 + i, Role.SEED, Event.REGULAR, unsigned), 0));
    }
    assertTrue(
        numbers(take(store, wanting(leecher(500), 20)).peers()).stream().allMatch(n -> n < 100));
    List<Integer> more = numbers(take(store, wanting(leecher(500), 30)).peers());
    assertEquals(30, more.size());
    assertEquals(20, more.subList(0, 20).stream().filter(n -> n < 100).count());
  }

  @Test
  void pick_fromManyPeers_isFair() {
    int peers = 200;
    for (int i = 0; i < peers; i++) {
      take(store, wanting(seed(i), 0));
    }
    int[] picked = new int[peers];
    int rounds = 2000;
    for (int i = 0; i < rounds; i++) {
      numbers(take(store, wanting(leecher(999), 10)).peers()).forEach(n -> picked[n]++);
    }
    double expected = (double) rounds * 10 / peers;
    for (int i = 0; i < peers; i++) {
      assertTrue(Math.abs(picked[i] - expected) < expected / 2, i + ": " + picked[i]);
    }
  }

  @Test
  void unlisted_countsAndIsNeverPicked() {
    take(store, announce(1, 1, Role.SEED, Event.REGULAR, PeerAddress.NONE));
    Announced.Taken taken = take(store, leecher(2));
    assertEquals(1, taken.counts().complete());
    assertEquals(List.of(), numbers(taken.peers()));
  }

  @Test
  void pick_ipList_hasNoOnions() {
    take(store, seed(1));
    take(store, announce(1, 2, Role.SEED, Event.REGULAR, Swarms.ipv4(2)));
    Announce asker = announce(1, 3, Role.LEECHER, Event.REGULAR, Swarms.ipv4(3));
    PeerList ips =
        take(
                store,
                new Announce(
                    asker.torrent(),
                    asker.peer(),
                    Bytes.EMPTY,
                    asker.role(),
                    asker.event(),
                    asker.address(),
                    true,
                    Announce.Wanted.IP,
                    50,
                    false))
            .peers();
    assertNull(ips.onion());
    assertEquals(6, assertNotNullPart(ips.ipv4()).length());
    PeerList onions = take(store, leecher(4)).peers();
    assertNull(onions.ipv4());
    assertEquals(List.of(1), numbers(onions));
  }

  private static PeerList.Part assertNotNullPart(PeerList.Part part) {
    assertNotNull(part);
    return part;
  }

  @Test
  void expire_afterTheTime_forgetsPeersAndEmptySwarms() {
    for (int i = 0; i < 40; i++) {
      take(store, leecher(i));
    }
    take(store, announce(2, 1, Role.SEED, Event.STARTED, onion(1)));
    clock.advance(Duration.ofMinutes(30));
    take(store, leecher(7));
    clock.advance(Duration.ofMinutes(16));
    assertEquals(40, store.expire(Duration.ofMinutes(45)));
    assertEquals(1, store.peers());
    assertEquals(1, store.swarms());
    assertEquals(Keeping.KNOWN, take(store, leecher(7)).keeping());
    assertEquals(Keeping.ADDED, take(store, leecher(8)).keeping());
  }

  @Test
  void swarm_withDownloads_isRememberedWithoutPeersWhileThereIsRoom() {
    SwarmStore small = Swarms.store(new Limits(4, 100, 100), clock, 1);
    for (int torrent = 1; torrent <= 4; torrent++) {
      take(small, announce(torrent, 1, Role.LEECHER, Event.STARTED, onion(1)));
      take(small, announce(torrent, 1, Role.SEED, Event.COMPLETED, onion(1)));
    }
    clock.advance(Duration.ofHours(1));
    small.expire(Duration.ofMinutes(45));
    assertEquals(2, small.swarms());
    assertEquals(0, small.peers());
  }

  @Test
  void store_atItsBounds_answersAndKeepsNoMore() {
    SwarmStore small = Swarms.store(new Limits(2, 5, 3), clock, 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(Keeping.ADDED, take(small, leecher(i)).keeping());
    }
    Announced.Taken fourth = take(small, leecher(3));
    assertEquals(Keeping.NO_ROOM_IN_SWARM, fourth.keeping(), "peers of a swarm");
    assertEquals(3, numbers(fourth.peers()).size());
    assertEquals(Keeping.ADDED, take(small, one(2, 1)).keeping());
    assertEquals(Keeping.NO_ROOM_FOR_TORRENT, take(small, one(3, 1)).keeping(), "swarms");
    assertEquals(Keeping.ADDED, take(small, one(2, 2)).keeping());
    assertEquals(Keeping.NO_ROOM_FOR_PEER, take(small, one(2, 3)).keeping(), "peers");
    assertEquals(5, small.peers());
    assertEquals(2, small.swarms());
    take(small, announce(1, 0, Role.LEECHER, Event.STOPPED, onion(0)));
    assertEquals(Keeping.ADDED, take(small, one(2, 3)).keeping());
  }

  private static Announce one(int torrent, int peer) {
    return announce(torrent, peer, Role.LEECHER, Event.STARTED, onion(peer));
  }

  @Test
  void pages_ofAllSwarms_haveEachOnceInOrder() {
    for (int torrent = 0; torrent < 500; torrent++) {
      take(store, one(torrent, 1));
    }
    List<InfoHash> all = new ArrayList<>();
    List<Scraped> page = store.page(null, 37);
    while (!page.isEmpty()) {
      page.forEach(scraped -> all.add(scraped.torrent()));
      page = store.page(all.getLast(), 37);
    }
    assertEquals(500, all.size());
    assertEquals(List.copyOf(new TreeSet<>(all)), all);
  }

  @Test
  void forget_torrent_takesItsPeersWithIt() {
    take(store, one(1, 1));
    take(store, one(2, 1));
    store.forget(torrent(1));
    store.forget(torrent(3));
    assertEquals(1, store.peers());
    assertEquals(1, store.swarms());
    assertFalse(store.page(null, 10).stream().anyMatch(s -> s.torrent().equals(torrent(1))));
  }
}
