package org.tunic.bench.tracker;

import java.time.InstantSource;
import java.util.Random;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.swarm.Announce;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.PeerId;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * Bytes of heap for each of a million peers with onion addresses: in 10,000 torrents by the cube of
 * a uniform number, and in one.
 *
 * <p>Threads: main thread.
 */
public final class PeerBytes {
  private static final int PEERS = 1_000_000;

  private PeerBytes() {}

  /** Prints a line for each. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    for (int torrents : new int[] {10_000, 1}) {
      long before = used();
      SwarmStore store =
          new SwarmStore(
              new SwarmStore.Limits(1_000_000, 4_000_000, 2_000_000),
              InstantSource.system(),
              new byte[SwarmStore.KEY_BYTES],
              () -> new Random(1));
      Random random = new Random(2);
      for (int i = 0; i < PEERS; i++) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        int torrent = (int) (torrents * Math.pow(random.nextDouble(), 3));
        store.announce(
            new Announce(
                new InfoHash(torrent * 0x9E3779B97F4A7C15L, torrent, torrent),
                new PeerId(random.nextLong(), random.nextLong(), i),
                Bytes.EMPTY,
                i % 4 == 0 ? Announce.Role.SEED : Announce.Role.LEECHER,
                Announce.Event.STARTED,
                new PeerAddress(PeerAddress.Kind.ONION, Bytes.copyOf(key), 6881),
                true,
                Announce.Wanted.ONION,
                0,
                false));
      }
      long bytes = used() - before;
      System.out.printf(
          "%d peers in %d torrents: %.1f bytes of heap each, %d MB%n",
          store.peers(), store.swarms(), (double) bytes / PEERS, bytes >> 20);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
