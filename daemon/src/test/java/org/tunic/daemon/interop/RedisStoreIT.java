package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.redis.RedisAddress;
import org.tunic.tracker.redis.RedisLink;
import org.tunic.tracker.redis.RedisStore;
import org.tunic.tracker.swarm.Announce;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.Announce.Wanted;
import org.tunic.tracker.swarm.Announced;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.PeerId;
import org.tunic.tracker.swarm.PeerList;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * Trackers that share swarms by a real Redis: one server, a server behind Sentinels, a cluster of
 * three. The server is killed in mid-load; afterwards it holds what was acknowledged, entry for
 * entry.
 *
 * <p>Threads: that of the test, and one that flushes.
 */
class RedisStoreIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofMinutes(45);

  /** How long Redis stays away; {@code ./verify --soak store} has it stay for 30 s. */
  private static final int DOWN_SECONDS =
      Integer.parseInt(System.getenv().getOrDefault("REDIS_DOWN_SECONDS", "4"));

  private final SeededRandom random = new SeededRandom(System.nanoTime());
  private final List<AutoCloseable> open = new ArrayList<>();
  private @Nullable PortBlock ports;

  @TempDir Path folder;

  @BeforeEach
  void claim() throws IOException, InterruptedException {
    Interop.requireProgram("redis-server", "--version");
    ports = PortBlock.claim();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    ports().close();
  }

  private PortBlock ports() {
    if (ports == null) {
      throw new AssertionError("not claimed");
    }
    return ports;
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  private RedisServer server(String name, String... more) throws IOException {
    return opened(RedisServer.start(folder.resolve(name), ports().next(), more));
  }

  private RedisStore store(String url) throws IOException {
    return store(url, RedisLink.Access.LOCAL);
  }

  private RedisStore store(String url, RedisLink.Access access) throws IOException {
    RedisLink link = RedisLink.open(RedisAddress.parse(url).orElseThrow(), access);
    byte[] key = link.sharedKey(random);
    RedisStore store =
        new RedisStore(
            new SwarmStore(
                SwarmStore.Limits.DEFAULT,
                InstantSource.system(),
                key,
                () -> new SeededRandom(random.nextLong())),
            link,
            key,
            TTL,
            InstantSource.system(),
            System::nanoTime);
    return opened(store);
  }

  // ---- announces

  private static InfoHash torrent(int number) {
    return new InfoHash((long) number * 0x9E3779B97F4A7C15L, number, number);
  }

  private static PeerId peer(int number) {
    return new PeerId(0x2d54_6573_742d_0000L, number, ~number);
  }

  private static Announce announce(int torrent, int peer, Role role, Event event) {
    byte[] address = {8, (byte) (peer >> 16), (byte) (peer >> 8), (byte) peer};
    return new Announce(
        torrent(torrent),
        peer(peer),
        Bytes.copyOf(new byte[] {1, 2, (byte) peer}),
        role,
        event,
        new PeerAddress(PeerAddress.Kind.IPV4, Bytes.copyOf(address), 6881),
        true,
        Wanted.IP,
        50,
        false);
  }

  /** As a request is answered: first what others know, then the announce. */
  private static Announced.Taken take(RedisStore store, Announce announce) {
    freshen(store, announce.torrent());
    return assertInstanceOf(Announced.Taken.class, store.announce(announce));
  }

  private static void freshen(RedisStore store, InfoHash torrent) {
    Optional<CompletionStage<Void>> fresh = store.freshen(List.of(torrent));
    try {
      if (fresh.isPresent()) {
        fresh.get().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static int peersOf(Announced.Taken taken) {
    PeerList.Part part = taken.peers().ipv4();
    return part == null ? 0 : part.length() / part.stride();
  }

  private static void awaitWritten(RedisStore store) {
    Await.until(
        "all is written",
        LIMIT,
        () -> {
          store.flush();
          return store.isUp() && store.pending() == 0;
        },
        () -> store.pending() + " to be written");
  }

  /** Each peer in Redis, as {@code INFO HASH/PEER ID}. */
  private static Set<String> all(RedisClusterCommands<byte[], byte[]> redis) {
    Set<String> names = new TreeSet<>();
    for (byte[] key : redis.keys("tunic:{*}")) {
      String torrent = new String(key, StandardCharsets.US_ASCII).replaceAll(".*\\{(.*)}", "$1");
      for (byte[] field : redis.hkeys(key)) {
        if (field.length == PeerId.LENGTH) {
          names.add(torrent + "/" + HexFormat.of().formatHex(field));
        }
      }
    }
    return names;
  }

  private static String name(Announce announce) {
    byte[] id = new byte[PeerId.LENGTH];
    announce.peer().copyTo(id, 0);
    return HexFormat.of().formatHex(announce.torrent().toArray())
        + "/"
        + HexFormat.of().formatHex(id);
  }

  private Set<String> allOf(RedisServer server) {
    RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
    try (StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE)) {
      return all(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  // ---- tests

  @Test
  void trackers_withOneRedis_answerAsOne() throws IOException {
    RedisServer server = server("one");
    String url = "redis://127.0.0.1:" + server.port();
    RedisStore first = store(url);
    RedisStore second = store(url);
    for (int i = 0; i < 300; i++) {
      take(first, announce(1, i, i < 100 ? Role.SEED : Role.LEECHER, Event.STARTED));
    }
    awaitWritten(first);
    Announced.Taken answer = take(second, announce(1, 1000, Role.LEECHER, Event.STARTED));
    assertEquals(50, peersOf(answer));
    assertEquals(100, answer.counts().complete());
    assertEquals(200, answer.counts().incomplete(), "the asker is not in Redis");
    // A name that is taken, at another tracker.
    Announce thief =
        new Announce(
            torrent(1),
            peer(7),
            Bytes.copyOf(new byte[] {9}),
            Role.SEED,
            Event.STARTED,
            PeerAddress.NONE,
            true,
            Wanted.IP,
            50,
            false);
    freshen(first, torrent(1));
    assertInstanceOf(Announced.WrongKey.class, first.announce(thief));
    // One that has become a seed, and one that leaves, are so at both.
    take(second, announce(2, 1, Role.LEECHER, Event.STARTED));
    take(second, announce(2, 1, Role.SEED, Event.COMPLETED));
    take(second, announce(2, 2, Role.LEECHER, Event.STARTED));
    take(second, announce(2, 3, Role.LEECHER, Event.STARTED));
    take(second, announce(2, 3, Role.LEECHER, Event.STOPPED));
    awaitWritten(second);
    freshen(first, torrent(2));
    assertEquals(1, first.scrape(torrent(2)).complete());
    assertEquals(1, first.scrape(torrent(2)).incomplete());
    assertEquals(1, first.scrape(torrent(2)).downloaded());
    assertEquals(2, peersOf(take(first, announce(2, 9, Role.LEECHER, Event.STARTED))));
  }

  @Test
  void redis_killedInMidLoad_hasAfterwardsWhatWasAcknowledged() throws Exception {
    RedisServer server = server("killed");
    RedisStore store = store("redis://127.0.0.1:" + server.port());
    Set<String> acknowledged = new TreeSet<>();
    long startNanos = System.nanoTime();
    long killAtNanos = startNanos + Duration.ofSeconds(2).toNanos();
    long backAtNanos = killAtNanos + Duration.ofSeconds(DOWN_SECONDS).toNanos();
    long endNanos = backAtNanos + Duration.ofSeconds(2).toNanos();
    boolean killed = false;
    boolean back = false;
    int announces = 0;
    int whileDown = 0;
    while (System.nanoTime() - endNanos < 0) {
      if (!killed && System.nanoTime() - killAtNanos > 0) {
        server.kill();
        killed = true;
      }
      if (!back && System.nanoTime() - backAtNanos > 0) {
        server.startAgain();
        back = true;
      }
      int peer = random.nextInt(5000);
      boolean stops = random.nextInt(5) == 0;
      Announce announce =
          announce(
              peer % 97,
              peer,
              random.nextInt(3) == 0 ? Role.SEED : Role.LEECHER,
              stops ? Event.STOPPED : Event.STARTED);
      take(store, announce);
      if (stops) {
        acknowledged.remove(name(announce));
      } else {
        acknowledged.add(name(announce));
      }
      announces++;
      whileDown += killed && !back ? 1 : 0;
      if (announces % 50 == 0) {
        store.flush();
        Await.pause(2);
      }
    }
    assertTrue(whileDown > 1000, announces + " announces, " + whileDown + " without Redis");
    awaitWritten(store);
    assertEquals(acknowledged, allOf(server));
  }

  /** The same with nothing left of what it had. */
  @Test
  void redis_thatComesBackEmpty_isFilledAgain() throws Exception {
    RedisServer server = server("emptied", "--appendonly", "no");
    RedisStore store = store("redis://127.0.0.1:" + server.port());
    Set<String> acknowledged = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      Announce announce = announce(i % 7, i, Role.SEED, Event.STARTED);
      take(store, announce);
      acknowledged.add(name(announce));
    }
    awaitWritten(store);
    server.kill();
    Await.until("the loss is seen", LIMIT, () -> !store.isUp(), server::said);
    assertEquals(50, peersOf(take(store, announce(3, 999, Role.LEECHER, Event.STARTED))));
    take(store, announce(3, 999, Role.LEECHER, Event.STOPPED));
    server.startAgain();
    Await.until("the connection is back", LIMIT, store::isUp, server::said);
    awaitWritten(store);
    assertEquals(acknowledged, allOf(server));
  }

  @Test
  void redis_behindASocketFileWithAPassword_isUsed() throws IOException {
    Path socket = folder.resolve("redis.sock");
    server("socket", "--unixsocket", socket.toString(), "--requirepass", "sesame");
    String url = "redis-socket://" + socket;
    assertThrows(IOException.class, () -> store(url).close());
    RedisStore store =
        store(url, new RedisLink.Access(false, Optional.of("sesame"), Optional.empty()));
    take(store, announce(1, 1, Role.SEED, Event.STARTED));
    awaitWritten(store);
  }

  @Test
  void sentinel_afterAFailover_leadsToTheOtherServer() throws Exception {
    RedisServer first = server("first");
    RedisServer second =
        server("second", "--replicaof", "127.0.0.1", Integer.toString(first.port()));
    Path conf = folder.resolve("sentinel.conf");
    Files.writeString(
        conf,
        "sentinel monitor master 127.0.0.1 %d 1%nsentinel down-after-milliseconds master 1000%nsentinel failover-timeout master 5000%n"
            .formatted(first.port()));
    int port = ports().next();
    Process sentinel =
        new ProcessBuilder(
                "timeout",
                "--foreground",
                "300",
                "redis-server",
                conf.toString(),
                "--sentinel",
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sentinel.log").toFile())
            .start();
    open.add(
        () -> {
          sentinel.descendants().forEach(ProcessHandle::destroyForcibly);
          sentinel.destroyForcibly();
        });
    Await.until(
        "the sentinel knows both",
        LIMIT,
        () -> read("sentinel.log").contains("+slave"),
        () -> read("sentinel.log"));
    RedisStore store = store("redis-sentinel://127.0.0.1:%d#master".formatted(port));
    Announce before = announce(1, 1, Role.SEED, Event.STARTED);
    Announce after = announce(1, 2, Role.SEED, Event.STARTED);
    take(store, before);
    awaitWritten(store);
    first.kill();
    take(store, after);
    Await.until(
        "the other server has both",
        LIMIT,
        () -> {
          store.flush();
          try {
            return allOf(second).equals(Set.of(name(before), name(after)));
          } catch (RedisException e) {
            return false; // it closes its connections when it becomes the master
          }
        },
        () -> read("sentinel.log") + second.said());
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void cluster_ofThree_sharesTheSwarms() throws Exception {
    List<RedisServer> nodes = new ArrayList<>();
    StringBuilder url = new StringBuilder("redis-cluster://");
    List<String> create = new ArrayList<>(List.of("--cluster", "create"));
    for (int i = 0; i < 3; i++) {
      // The bus listens on a port of its own.
      RedisServer node =
          server(
              "node" + i,
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              Integer.toString(ports().next()));
      nodes.add(node);
      url.append(i == 0 ? "" : ",").append("127.0.0.1:").append(node.port());
      create.add("127.0.0.1:" + node.port());
    }
    create.addAll(List.of("--cluster-replicas", "0", "--cluster-yes"));
    String made = nodes.getFirst().cli(create.toArray(String[]::new));
    Await.until(
        "the cluster is one",
        LIMIT,
        () -> nodes.stream().allMatch(n -> n.cli("cluster", "info").contains("cluster_state:ok")),
        () -> made);
    RedisStore first = store(url.toString());
    RedisStore second = store(url.toString());
    Set<String> acknowledged = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      Announce announce = announce(i % 50, i, Role.LEECHER, Event.STARTED);
      take(first, announce);
      acknowledged.add(name(announce));
    }
    awaitWritten(first);
    assertEquals(20, peersOf(take(second, announce(7, 5000, Role.LEECHER, Event.STARTED))));
    RedisClusterClient client =
        RedisClusterClient.create(RedisURI.create("127.0.0.1", nodes.getFirst().port()));
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      assertEquals(acknowledged, all(connection.sync()));
    } finally {
      client.shutdown();
    }
    for (RedisServer node : nodes) {
      assertTrue(Integer.parseInt(node.cli("dbsize").strip()) > 1, "each has some of the swarms");
    }
  }
}
