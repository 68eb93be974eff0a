package org.tunic.tracker.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.swarm.Announce;
import org.tunic.tracker.swarm.Announced;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;
import org.tunic.tracker.swarm.PeerStore;
import org.tunic.tracker.swarm.PeerValue;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * Swarms in memory that other trackers share by a Redis.
 *
 * <p>An announce is answered from memory: it holds the peers that announced themselves here, and,
 * of each torrent somebody asks for, {@link #SAMPLE} peers of the others, drawn anew after {@link
 * #FRESH}. Only the first announce for a torrent waits for Redis. What changes is written behind:
 * names of peers are collected, and every tenth of a second what is known of them then goes out,
 * one command for each swarm. So a name that comes twice is written once, and nothing that is
 * written can be out of date.
 *
 * <p>Without Redis all goes on, with the peers that are known here; names collect. When a
 * connection is there again, all peers that announced themselves here are written again, since
 * Redis may have lost what it had, and those that left lately are taken out again.
 *
 * <p>Bounds: {@link #MAX_CHANGED} names, above which all is written anew instead; {@link
 * #MAX_KNOWN} torrents of which others' peers are here; {@link #MAX_IN_FLIGHT} commands at a time.
 *
 * <p>Threads: any.
 */
public final class RedisStore implements PeerStore, AutoCloseable {
  /** Peers drawn of a swarm; as many as an answer holds and some to spare. */
  static final int SAMPLE = 208;

  /** How old a drawn sample may be. */
  static final Duration FRESH = Duration.ofSeconds(3);

  /** How often {@link #flush} is to be called. */
  public static final Duration FLUSH_INTERVAL = Duration.ofMillis(100);

  /** Names of peers that have something to be written. */
  static final int MAX_CHANGED = 1_000_000;

  /** Torrents of which others' peers are here. */
  static final int MAX_KNOWN = 200_000;

  /** Commands that Redis has not answered. */
  static final int MAX_IN_FLIGHT = 1024;

  private static final int NAMES_OF_FLUSH = 20_000;
  private static final int PEERS_OF_COMMAND = 250;

  /** For so long those that left are taken out again; Redis writes to disk once a second. */
  private static final Duration LEFT_LATELY = Duration.ofSeconds(10);

  private static final int MAX_LEFT = 100_000;
  private static final byte[] GONE = {};
  private static final byte[] KEY = "tunic:key".getBytes(StandardCharsets.US_ASCII);

  private record Name(InfoHash torrent, PeerId peer) {}

  private record Left(Name name, long atNanos) {}

  /** What Redis said of a torrent, and whom it named. */
  private record Known(Counts counts, long atNanos, List<PeerId> peers) {
    Known {
      peers = List.copyOf(peers);
    }
  }

  private final SwarmStore local;
  private final RedisLink link;
  private final byte[] sharedKey;
  private final Duration peerTtl;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final Set<Name> changed = ConcurrentHashMap.newKeySet();
  private final ArrayDeque<Left> left = new ArrayDeque<>(); // guarded by left
  private final ConcurrentHashMap<InfoHash, Known> known = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<InfoHash, CompletableFuture<Void>> asking =
      new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicBoolean writeAll = new AtomicBoolean();
  private final AtomicBoolean flushing = new AtomicBoolean();

  /**
   * @param local made with the shared key, and used by nobody else
   * @param sharedKey as {@link RedisLink#sharedKey} said
   * @param peerTtl after how long without an announce a peer is forgotten
   * @param nanoClock monotonic nanoseconds
   */
  public RedisStore(
      SwarmStore local,
      RedisLink link,
      byte[] sharedKey,
      Duration peerTtl,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.local = local;
    this.link = link;
    this.sharedKey = sharedKey.clone();
    this.peerTtl = peerTtl;
    this.clock = clock;
    this.nanoClock = nanoClock;
    link.whenBack(() -> writeAll.set(true));
  }

  private static byte[] key(InfoHash torrent) {
    return ("tunic:{" + HexFormat.of().formatHex(torrent.toArray()) + "}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Names that have something to be written, and commands that are not answered. */
  public int pending() {
    return changed.size() + inFlight.get() + (writeAll.get() ? 1 : 0);
  }

  /** Whether Redis can be reached. */
  public boolean isUp() {
    return link.isUp();
  }

  // ---- announces

  @Override
  public Announced announce(Announce announce) {
    Announced result = local.announce(announce);
    if (!(result instanceof Announced.Taken taken)) {
      return result;
    }
    switch (taken.keeping()) {
      case ADDED, KNOWN -> change(new Name(announce.torrent(), announce.peer()));
      case REMOVED -> {
        Name name = new Name(announce.torrent(), announce.peer());
        leave(name);
        change(name);
      }
      case NO_ROOM_FOR_TORRENT, NO_ROOM_FOR_PEER, NO_ROOM_IN_SWARM, NOT_ALLOWED -> {}
    }
    return new Announced.Taken(
        taken.keeping(), both(announce.torrent(), taken.counts()), taken.peers());
  }

  private void change(Name name) {
    if (changed.size() >= MAX_CHANGED) {
      writeAll.set(true);
    } else {
      changed.add(name);
    }
  }

  private void leave(Name name) {
    synchronized (left) {
      long now = nanoClock.getAsLong();
      while (!left.isEmpty()
          && (left.size() >= MAX_LEFT
              || (link.isUp() && now - left.getFirst().atNanos > LEFT_LATELY.toNanos()))) {
        left.removeFirst();
      }
      left.addLast(new Left(name, now));
    }
  }

  /** What is known here may be newer than what Redis said, or less. */
  private Counts both(InfoHash torrent, Counts here) {
    Known there = known.get(torrent);
    return there == null
        ? here
        : new Counts(
            Math.max(here.complete(), there.counts.complete()),
            Math.max(here.incomplete(), there.counts.incomplete()),
            Math.max(here.downloaders(), there.counts.downloaders()),
            Math.max(here.downloaded(), there.counts.downloaded()));
  }

  // ---- what others say

  @Override
  public Optional<CompletionStage<Void>> freshen(List<InfoHash> torrents) {
    if (!link.isUp()) {
      return Optional.empty();
    }
    List<CompletableFuture<Void>> first = new ArrayList<>();
    for (InfoHash torrent : torrents) {
      Known there = known.get(torrent);
      if (there == null
          ? known.size() < MAX_KNOWN
          : nanoClock.getAsLong() - there.atNanos > FRESH.toNanos()) {
        CompletableFuture<Void> answer = ask(torrent);
        if (there == null && !answer.isDone()) {
          first.add(answer);
        }
      }
    }
    return switch (first.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(first.getFirst());
      default -> Optional.of(CompletableFuture.allOf(first.toArray(CompletableFuture[]::new)));
    };
  }

  private CompletableFuture<Void> ask(InfoHash torrent) {
    if (inFlight.get() >= MAX_IN_FLIGHT) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> already = asking.putIfAbsent(torrent, done);
    if (already != null) {
      return already;
    }
    long since = clock.millis() / 1000 - peerTtl.toSeconds();
    eval(Scripts.DRAW, torrent, List.of(decimal(SAMPLE), decimal(since)))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                drawn(torrent, answer);
              }
              asking.remove(torrent);
              done.complete(null);
            });
    return done;
  }

  private CompletableFuture<List<Object>> eval(
      String script, InfoHash torrent, List<byte[]> arguments) {
    inFlight.incrementAndGet();
    CompletableFuture<List<Object>> answer;
    try {
      answer =
          link.commands()
              .<List<Object>>eval(
                  script,
                  ScriptOutputType.MULTI,
                  new byte[][] {key(torrent)},
                  arguments.toArray(byte[][]::new))
              .toCompletableFuture();
    } catch (RedisException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.whenComplete((_, _) -> inFlight.decrementAndGet());
  }

  private static byte[] decimal(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static Counts counts(List<Object> answer) {
    int peers = number(answer, 0);
    int seeds = number(answer, 1);
    int partials = number(answer, 2);
    int others = Math.max(0, peers - seeds);
    return new Counts(seeds, others, Math.max(0, others - partials), number(answer, 3));
  }

  private static int number(List<Object> answer, int at) {
    return at < answer.size() && answer.get(at) instanceof Long value
        ? (int) Math.max(0, Math.min(Integer.MAX_VALUE, value))
        : 0;
  }

  private void drawn(InfoHash torrent, List<Object> answer) {
    Map<PeerId, PeerValue> peers = new HashMap<>();
    for (int i = 4; i + 1 < answer.size(); i += 2) {
      if (answer.get(i) instanceof byte[] id
          && id.length == PeerId.LENGTH
          && answer.get(i + 1) instanceof byte[] value) {
        PeerValue.read(value).ifPresent(read -> peers.put(PeerId.at(id, 0), read));
      }
    }
    known.compute(
        torrent,
        (_, before) ->
            new Known(
                counts(answer),
                nanoClock.getAsLong(),
                local.takeForeign(torrent, before == null ? List.of() : before.peers, peers)));
  }

  // ---- writing

  /** Writes what has changed, without waiting for the answers. */
  public void flush() {
    if (link.isUp() && flushing.compareAndSet(false, true)) {
      try {
        writeChanges();
      } finally {
        flushing.set(false);
      }
    }
  }

  private void writeChanges() {
    if (writeAll.getAndSet(false)) {
      markAll();
    }
    Map<InfoHash, List<PeerId>> swarms = new HashMap<>();
    int taken = 0;
    for (Iterator<Name> names = changed.iterator();
        names.hasNext() && taken < NAMES_OF_FLUSH && inFlight.get() < MAX_IN_FLIGHT; ) {
      Name name = names.next();
      // First out of the set: what changes from now on comes into it again.
      names.remove();
      taken++;
      List<PeerId> peers = swarms.computeIfAbsent(name.torrent, _ -> new ArrayList<>());
      peers.add(name.peer);
      if (peers.size() == PEERS_OF_COMMAND) {
        write(name.torrent, List.copyOf(peers));
        peers.clear();
      }
    }
    swarms.forEach(
        (torrent, peers) -> {
          if (!peers.isEmpty()) {
            write(torrent, peers);
          }
        });
  }

  private void markAll() {
    link.commands().set(KEY, sharedKey, SetArgs.Builder.nx());
    local.visitOwn((torrent, peer) -> changed.add(new Name(torrent, peer)));
    synchronized (left) {
      left.forEach(gone -> changed.add(gone.name));
    }
  }

  private void write(InfoHash torrent, List<PeerId> peers) {
    List<byte[]> arguments = new ArrayList<>(1 + 2 * peers.size());
    arguments.add(decimal(peerTtl.toSeconds()));
    for (PeerId peer : peers) {
      byte[] id = new byte[PeerId.LENGTH];
      peer.copyTo(id, 0);
      arguments.add(id);
      arguments.add(local.own(torrent, peer).map(Bytes::toArray).orElse(GONE));
    }
    eval(Scripts.WRITE, torrent, arguments)
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                Counts counts = counts(answer);
                known.computeIfPresent(
                    torrent, (_, before) -> new Known(counts, before.atNanos, before.peers));
              } else {
                peers.forEach(peer -> change(new Name(torrent, peer)));
              }
            });
  }

  // ---- the rest

  @Override
  public Counts scrape(InfoHash torrent) {
    return both(torrent, local.scrape(torrent));
  }

  @Override
  public List<Scraped> page(@Nullable InfoHash after, int most) {
    return local.page(after, most).stream()
        .map(one -> new Scraped(one.torrent(), both(one.torrent(), one.counts())))
        .toList();
  }

  @Override
  public Totals totals() {
    return local.totals();
  }

  @Override
  public int peers() {
    return local.peers();
  }

  @Override
  public int swarms() {
    return local.swarms();
  }

  /** Here; in Redis they go when they are drawn, or with their swarm. */
  @Override
  public int expire(Duration ttl) {
    long now = nanoClock.getAsLong();
    known.values().removeIf(one -> now - one.atNanos > ttl.toNanos());
    return local.expire(ttl);
  }

  @Override
  public void forget(InfoHash torrent) {
    local.forget(torrent);
    known.remove(torrent);
    if (link.isUp()) {
      link.commands().del(key(torrent));
    }
  }

  /** Writes what has changed, and closes the connection. */
  @Override
  public void close() {
    flush();
    long deadlineNanos = nanoClock.getAsLong() + RedisLink.COMMAND_TIMEOUT.toNanos();
    while (link.isUp() && pending() > 0 && nanoClock.getAsLong() - deadlineNanos < 0) {
      flush();
      Thread.onSpinWait();
    }
    link.close();
  }
}
