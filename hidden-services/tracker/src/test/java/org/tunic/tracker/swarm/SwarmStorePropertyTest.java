package org.tunic.tracker.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.SwarmStore.Limits;

/** Whatever happens in whatever order, the store agrees with a table of everything. */
class SwarmStorePropertyTest {
  private static final Duration TTL = Duration.ofMinutes(45);
  private static final int TORRENTS = 3;
  private static final int PEERS = 120;

  private record Key(int torrent, int peer) {}

  private record Known(Role role, boolean listed, long seenSeconds) {}

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void store_randomEvents_agreesWithATable(long seed) throws IOException {
    SeededRandom random = new SeededRandom(seed);
    ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
    SwarmStore store = Swarms.store(Limits.DEFAULT, clock, seed);
    Map<Key, Known> table = new HashMap<>();
    for (int round = 0; round < 1500; round++) {
      int torrent = random.nextInt(TORRENTS);
      int peer = random.nextInt(PEERS);
      Key key = new Key(torrent, peer);
      switch (random.nextInt(20)) {
        case 0 -> {
          clock.advance(Duration.ofMinutes(random.nextInt(20)));
          long deadline = clock.instant().getEpochSecond() - TTL.toSeconds();
          store.expire(TTL);
          table.values().removeIf(known -> known.seenSeconds < deadline);
        }
        case 1, 2, 3, 4 -> {
          Swarms.take(
              store,
              Swarms.announce(torrent, peer, Role.LEECHER, Event.STOPPED, Swarms.onion(peer)));
          table.remove(key);
        }
        case 5 -> store = copy(store, clock, seed);
        default -> {
          Role role = Role.values()[random.nextInt(3)];
          boolean listed = random.nextInt(3) > 0;
          PeerList peers =
              Swarms.take(
                      store,
                      Swarms.announce(
                          torrent,
                          peer,
                          role,
                          Event.REGULAR,
                          listed ? Swarms.onion(peer) : PeerAddress.NONE))
                  .peers();
          table.put(key, new Known(role, listed, clock.instant().getEpochSecond()));
          checkPicked(peers, torrent, peer, table, random);
        }
      }
      check(store, table, random);
    }
  }

  private static void checkPicked(
      PeerList peers, int torrent, int asker, Map<Key, Known> table, SeededRandom random) {
    PeerList.Part part = peers.onion();
    for (int at = 0; part != null && at < part.length(); at += part.stride()) {
      int number = (int) PeerId.at(part.bytes(), at).middle();
      Known known = table.get(new Key(torrent, number));
      assertTrue(number != asker && known != null && known.listed, random.toString());
      assertEquals(Swarms.onion(number).address().at(2), part.bytes()[at + 22] & 0xff);
    }
  }

  private static void check(SwarmStore store, Map<Key, Known> table, SeededRandom random) {
    assertEquals(table.size(), store.peers(), random.toString());
    for (int torrent = 0; torrent < TORRENTS; torrent++) {
      int[] of = new int[3];
      for (Map.Entry<Key, Known> entry : table.entrySet()) {
        if (entry.getKey().torrent == torrent) {
          of[entry.getValue().role.ordinal()]++;
        }
      }
      assertEquals(
          new Counts(of[1], of[0] + of[2], of[0], 0),
          store.scrape(Swarms.torrent(torrent)),
          random.toString());
    }
  }

  /** By way of a snapshot. */
  private static SwarmStore copy(SwarmStore store, ManualClock clock, long seed)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFile.write(store, out);
    SwarmStore copy = Swarms.store(Limits.DEFAULT, clock, ~seed);
    SnapshotFile.read(copy, new ByteArrayInputStream(out.toByteArray()));
    return copy;
  }
}
