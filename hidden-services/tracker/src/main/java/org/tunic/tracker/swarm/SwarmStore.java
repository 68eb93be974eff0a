package org.tunic.tracker.swarm;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
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
public final class SwarmStore implements PeerStore {
  /** What the arrays of a swarm have room for. */
  public static final int MAX_PEERS_OF_SWARM = 34_000_000;

  /** Bytes of the key of the hash tables. */
  public static final int KEY_BYTES = 16;

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
    this(limits, clock, new SipHash(secrets.nextLong(), secrets.nextLong()), generators);
  }

  /**
   * An empty store whose hashes of peers' keys other trackers understand.
   *
   * @param key {@link #KEY_BYTES} bytes that the others have, too
   */
  public SwarmStore(
      Limits limits,
      InstantSource clock,
      byte[] key,
      Supplier<? extends RandomGenerator> generators) {
    this(
        limits,
        clock,
        new SipHash((long) InfoHash.U64.get(key, 0), (long) InfoHash.U64.get(key, 8)),
        generators);
  }

  private SwarmStore(
      Limits limits,
      InstantSource clock,
      SipHash key,
      Supplier<? extends RandomGenerator> generators) {
    this.limits = limits;
    this.clock = clock;
    this.hash = key;
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

  /** There is nobody else to ask. */
  @Override
  public Optional<CompletionStage<Void>> freshen(List<InfoHash> torrents) {
    return Optional.empty();
  }

  @Override
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
      keeping = add(shard, swarm, announce, keyHash, now);
      swarm = swarm == null ? shard.swarms.get(announce.torrent()) : swarm;
    }
    return swarm == null
        ? new Announced.Taken(keeping, Counts.NONE, PeerList.none())
        : new Announced.Taken(keeping, swarm.counts(), swarm.pick(announce, shard.random));
  }

  /** Adds a peer if there is room, and its swarm if there is none. */
  private Keeping add(Shard shard, @Nullable Swarm swarm, Announce announce, int keyHash, int now) {
    if (!announce.mayBeNew()) {
      return Keeping.NOT_ALLOWED;
    }
    if (swarm != null && swarm.peers() >= limits.peersOfSwarm) {
      return Keeping.NO_ROOM_IN_SWARM;
    }
    if (!takeOne(peers, limits.peers)) {
      return Keeping.NO_ROOM_FOR_PEER;
    }
    Swarm grown = swarm;
    if (grown == null) {
      if (!takeOne(swarms, limits.swarms)) {
        peers.decrementAndGet();
        return Keeping.NO_ROOM_FOR_TORRENT;
      }
      grown = new Swarm(hash);
      shard.swarms.put(announce.torrent(), grown);
    }
    grown.add(announce, keyHash, now);
    return Keeping.ADDED;
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

  @Override
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

  @Override
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

  @Override
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

  @Override
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

  @Override
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

  @Override
  public int peers() {
    return peers.get();
  }

  @Override
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

  // ---- for a store that others share

  /** Looks at a name. */
  public interface NameVisitor {
    /** A peer of a torrent. */
    void peer(InfoHash torrent, PeerId peer);
  }

  /**
   * A peer as {@link PeerValue} writes it; empty if it is not known, or only by the word of another
   * tracker.
   */
  public Optional<Bytes> own(InfoHash torrent, PeerId peer) {
    Shard shard = shards[shardOf(torrent)];
    shard.lock.lock();
    try {
      Swarm swarm = shard.swarms.get(torrent);
      return swarm == null ? Optional.empty() : swarm.own(peer);
    } finally {
      shard.lock.unlock();
    }
  }

  /** Names all peers that announced themselves here; a shard at a time. */
  public void visitOwn(NameVisitor visitor) {
    for (int i = 0; i < SHARDS; i++) {
      visit(i, (torrent, swarm) -> swarm.visitOwn(peer -> visitor.peer(torrent, peer)));
    }
  }

  /**
   * Takes up peers of one torrent that announced themselves at another tracker, in the place of
   * those taken up before. One that has announced itself here since stays as it is; there is never
   * more room for them than for others.
   *
   * @param before as returned before
   * @param peers by their ids
   * @return those that were taken up
   */
  public List<PeerId> takeForeign(
      InfoHash torrent, List<PeerId> before, Map<PeerId, PeerValue> peers) {
    Shard shard = shards[shardOf(torrent)];
    List<PeerId> taken = new ArrayList<>();
    shard.lock.lock();
    try {
      Swarm swarm = shard.swarms.get(torrent);
      if (swarm != null) {
        for (PeerId peer : before) {
          this.peers.addAndGet(swarm.dropForeign(peer) ? -1 : 0);
        }
      }
      if (swarm == null && !peers.isEmpty() && takeOne(swarms, limits.swarms)) {
        swarm = new Swarm(hash);
        shard.swarms.put(torrent, swarm);
      }
      if (swarm != null) {
        for (Map.Entry<PeerId, PeerValue> entry : peers.entrySet()) {
          if (takeForeign(swarm, entry.getKey(), entry.getValue())) {
            taken.add(entry.getKey());
          }
        }
        dropIfUseless(shard, torrent, swarm);
      }
      return taken;
    } finally {
      shard.lock.unlock();
    }
  }

  private boolean takeForeign(Swarm swarm, PeerId peer, PeerValue value) {
    if (swarm.isNewer(peer, value)) {
      if (swarm.remove(peer)) {
        peers.decrementAndGet();
      }
      if (swarm.peers() < limits.peersOfSwarm && takeOne(peers, limits.peers)) {
        swarm.addForeign(peer, value);
        return true;
      }
    }
    return false;
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
