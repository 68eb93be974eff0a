package org.tunic.tracker.swarm;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.tracker.swarm.Announced.Keeping;

/**
 * All swarms, in memory.
 *
 * <p>Sixty-four shards by the first bits of the info hash, each with its own lock, held for the
 * microsecond that an announce takes; nothing is common to all but two counters. A peer takes 29 to
 * 63 bytes and its place in an index ({@link Swarm}).
 *
 * <p>Bounds: {@link Limits}. Peers that do not announce themselves again are forgotten by {@link
 * #expire}, swarms with their last peer unless they have a count of downloads to keep; of those
 * there are no more than half of the swarms allowed.
 *
 * <p>Threads: any; each shard is guarded by its lock.
 */
public final class SwarmStore {
  /** What the arrays of a swarm have room for. */
  public static final int MAX_PEERS_OF_SWARM = 34_000_000;

  private static final int SHARD_BITS = 6;
  static final int SHARDS = 1 << SHARD_BITS;

  /**
   * How much is kept.
   *
   * @param swarms torrents that have peers
   * @param peers of all swarms
   * @param peersOfSwarm of one swarm
   */
  public record Limits(int swarms, int peers, int peersOfSwarm) {
    /** About 400 MB at the most. */
    public static final Limits DEFAULT = new Limits(1_000_000, 4_000_000, 500_000);

    /** Refuses what cannot be. */
    public Limits {
      if (swarms < 1 || peers < 1 || peersOfSwarm < 1 || peersOfSwarm > MAX_PEERS_OF_SWARM) {
        throw new IllegalArgumentException("limits of the swarm store");
      }
    }
  }

  /** A swarm in a scrape. */
  public record Scraped(InfoHash torrent, Counts counts) {}

  /**
   * All of it in numbers.
   *
   * @param swarms that are known, with peers or without
   * @param seeds among the peers
   */
  public record Totals(int swarms, int peers, int seeds) {}

  static final class Shard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<InfoHash, Swarm> swarms = new HashMap<>(); // guarded by lock
    private final RandomGenerator random; // guarded by lock

    private Shard(RandomGenerator random) {
      this.random = random;
    }
  }

  private final Limits limits;
  private final InstantSource clock;
  private final Shard[] shards = new Shard[SHARDS];
  private final AtomicInteger swarms = new AtomicInteger();
  private final AtomicInteger peers = new AtomicInteger();

  /** Peers cannot foresee what hangs on it. Of the snapshot, since hashes of keys are kept. */
  private volatile SipHash hash;

  /**
   * An empty store.
   *
   * @param secrets makes the key of the hash tables
   * @param generators makes one generator for each shard; peers must not foresee what it draws
   */
  public SwarmStore(
      Limits limits,
      InstantSource clock,
      SecureRandom secrets,
      Supplier<? extends RandomGenerator> generators) {
    this.limits = limits;
    this.clock = clock;
    this.hash = new SipHash(secrets.nextLong(), secrets.nextLong());
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard(generators.get());
    }
  }

  SipHash hash() {
    return hash;
  }

  /** Seconds since 1970, as entries hold them. */
  int nowSeconds() {
    return (int) (clock.millis() / 1000);
  }

  private static int shardOf(InfoHash torrent) {
    return (int) (torrent.high() >>> (Long.SIZE - SHARD_BITS));
  }

  private int keyHash(Announce announce) {
    return announce.key().length() == 0 ? 0 : (int) hash.of(announce.key().toArray());
  }

  // ---- announces

  /** Takes an announce and answers it. */
  public Announced announce(Announce announce) {
    int keyHash = keyHash(announce);
    int now = nowSeconds();
    Shard shard = shards[shardOf(announce.torrent())];
    shard.lock.lock();
    try {
      return announce(shard, announce, keyHash, now);
    } finally {
      shard.lock.unlock();
    }
  }

  private Announced announce(Shard shard, Announce announce, int keyHash, int now) {
    Swarm swarm = shard.swarms.get(announce.torrent());
    int place = swarm == null ? 0 : swarm.find(announce.peer());
    if (swarm != null && place != 0 && swarm.keyHash(place) != keyHash) {
      return new Announced.WrongKey();
    }
    if (announce.event() == Announce.Event.STOPPED) {
      if (swarm != null && place != 0) {
        swarm.remove(place);
        peers.decrementAndGet();
        dropIfUseless(shard, announce.torrent(), swarm);
      }
      return new Announced.Taken(
          Keeping.REMOVED, swarm == null ? Counts.NONE : swarm.counts(), PeerList.none());
    }
    Keeping keeping;
    if (swarm != null && place != 0) {
      swarm.update(place, announce, now);
      keeping = Keeping.KNOWN;
    } else {
      @Nullable Swarm grown =
          announce.mayBeNew() ? add(shard, swarm, announce, keyHash, now) : null;
      keeping = grown == null ? Keeping.NOT_KEPT : Keeping.ADDED;
      swarm = grown == null ? swarm : grown;
    }
    return swarm == null
        ? new Announced.Taken(keeping, Counts.NONE, PeerList.none())
        : new Announced.Taken(keeping, swarm.counts(), swarm.pick(announce, shard.random));
  }

  /** Adds a peer, and its swarm if there is none; null if there is no room. */
  private @Nullable Swarm add(
      Shard shard, @Nullable Swarm swarm, Announce announce, int keyHash, int now) {
    if (swarm != null && swarm.peers() >= limits.peersOfSwarm) {
      return null;
    }
    if (!takeOne(peers, limits.peers)) {
      return null;
    }
    Swarm grown = swarm;
    if (grown == null) {
      if (!takeOne(swarms, limits.swarms)) {
        peers.decrementAndGet();
        return null;
      }
      grown = new Swarm(hash);
      shard.swarms.put(announce.torrent(), grown);
    }
    grown.add(announce, keyHash, now);
    return grown;
  }

  private static boolean takeOne(AtomicInteger counter, int most) {
    if (counter.incrementAndGet() <= most) {
      return true;
    }
    counter.decrementAndGet();
    return false;
  }

  private void dropIfUseless(Shard shard, InfoHash torrent, Swarm swarm) {
    if (isUseless(swarm)) {
      shard.swarms.remove(torrent);
      swarms.decrementAndGet();
    }
  }

  private boolean isUseless(Swarm swarm) {
    return swarm.peers() == 0 && (swarm.downloaded() == 0 || swarms.get() > limits.swarms / 2);
  }

  /** Forgets peers that have not been heard of for {@code ttl}; returns how many. */
  public int expire(Duration ttl) {
    int deadline = nowSeconds() - (int) ttl.toSeconds();
    int expired = 0;
    for (Shard shard : shards) {
      shard.lock.lock();
      try {
        for (var entries = shard.swarms.values().iterator(); entries.hasNext(); ) {
          Swarm swarm = entries.next();
          int gone = swarm.expire(deadline);
          peers.addAndGet(-gone);
          expired += gone;
          if (isUseless(swarm)) {
            entries.remove();
            swarms.decrementAndGet();
          }
        }
      } finally {
        shard.lock.unlock();
      }
    }
    return expired;
  }

  /** Forgets a torrent and all its peers, as when it comes to a list of those not served. */
  public void forget(InfoHash torrent) {
    Shard shard = shards[shardOf(torrent)];
    shard.lock.lock();
    try {
      Swarm swarm = shard.swarms.remove(torrent);
      if (swarm != null) {
        swarms.decrementAndGet();
        peers.addAndGet(-swarm.peers());
      }
    } finally {
      shard.lock.unlock();
    }
  }

  // ---- scrapes

  /** How large a swarm is; {@link Counts#NONE} if it is not known. */
  public Counts scrape(InfoHash torrent) {
    Shard shard = shards[shardOf(torrent)];
    shard.lock.lock();
    try {
      Swarm swarm = shard.swarms.get(torrent);
      return swarm == null ? Counts.NONE : swarm.counts();
    } finally {
      shard.lock.unlock();
    }
  }

  /**
   * A page of all swarms in the order of their names.
   *
   * @param after the last one of the page before; null for the first page
   * @param most swarms of the page, 1 or more
   */
  public List<Scraped> page(@Nullable InfoHash after, int most) {
    List<Scraped> page = new ArrayList<>();
    for (int i = after == null ? 0 : shardOf(after); i < SHARDS && page.size() < most; i++) {
      page.addAll(page(shards[i], after, most - page.size()));
    }
    return page;
  }

  private static List<Scraped> page(Shard shard, @Nullable InfoHash after, int most) {
    PriorityQueue<InfoHash> least = new PriorityQueue<>(Comparator.reverseOrder());
    shard.lock.lock();
    try {
      for (InfoHash torrent : shard.swarms.keySet()) {
        if (after != null && torrent.compareTo(after) <= 0) {
          continue;
        }
        if (least.size() < most) {
          least.add(torrent);
        } else if (torrent.compareTo(least.element()) < 0) {
          least.remove();
          least.add(torrent);
        }
      }
      return least.stream()
          .sorted()
          .map(torrent -> new Scraped(torrent, counts(shard, torrent)))
          .toList();
    } finally {
      shard.lock.unlock();
    }
  }

  private static Counts counts(Shard shard, InfoHash torrent) {
    Swarm swarm = shard.swarms.get(torrent);
    return swarm == null ? Counts.NONE : swarm.counts();
  }

  /** All of it in numbers; looks at every swarm. */
  public Totals totals() {
    int seeds = 0;
    for (Shard shard : shards) {
      shard.lock.lock();
      try {
        for (Swarm swarm : shard.swarms.values()) {
          seeds += swarm.counts().complete();
        }
      } finally {
        shard.lock.unlock();
      }
    }
    return new Totals(swarms.get(), peers.get(), seeds);
  }

  /** Peers of all swarms. */
  public int peers() {
    return peers.get();
  }

  /** Swarms that are known. */
  public int swarms() {
    return swarms.get();
  }

  /** About how many bytes of heap the swarms take, without their table. */
  public long heapBytes() {
    long bytes = 0;
    for (Shard shard : shards) {
      shard.lock.lock();
      try {
        for (Swarm swarm : shard.swarms.values()) {
          bytes += swarm.heapBytes();
        }
      } finally {
        shard.lock.unlock();
      }
    }
    return bytes;
  }

  // ---- for the snapshot

  /** Has each swarm of a shard looked at, under its lock. */
  void visit(int shard, Visitor visitor) {
    shards[shard].lock.lock();
    try {
      shards[shard].swarms.forEach(visitor::swarm);
    } finally {
      shards[shard].lock.unlock();
    }
  }

  /** Looks at a swarm. */
  interface Visitor {
    /** Must not keep it. */
    void swarm(InfoHash torrent, Swarm swarm);
  }

  /** Takes up what a snapshot holds, before the store is used; over the limits nothing is taken. */
  void restore(SipHash key, Map<InfoHash, Swarm> restored) {
    hash = key;
    restored.forEach(
        (torrent, swarm) -> {
          if (swarms.get() < limits.swarms
              && swarm.peers() <= limits.peersOfSwarm
              && peers.get() + swarm.peers() <= limits.peers) {
            Shard shard = shards[shardOf(torrent)];
            shard.lock.lock();
            try {
              shard.swarms.put(torrent, swarm);
            } finally {
              shard.lock.unlock();
            }
            swarms.incrementAndGet();
            peers.addAndGet(swarm.peers());
          }
        });
  }
}
