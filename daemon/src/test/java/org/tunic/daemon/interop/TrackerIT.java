package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.tunic.daemon.interop.TorrentClient.Kind;
import org.tunic.daemon.interop.TorrentClient.Way;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Items;
import org.tunic.tracker.bencode.BencodeValue.Text;

/**
 * Real BitTorrent clients and our tracker. Each expectation is first seen at opentracker, in the
 * same seat: at a TCP port, and behind an onion address of ours, where the clients' proxy is a port
 * of ours.
 *
 * <p>Scrapes are made by curl. None of these clients sends one here by itself: Transmission would,
 * if an answer to an announce lacked the numbers that a scrape has.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TrackerIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration CLIENT_LIMIT = Duration.ofSeconds(120);
  private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(120);
  private static final int TRANSFER_SECONDS = 180;
  private static final int CONTENT_BYTES = 200_000;

  private final SeededRandom random = new SeededRandom(System.nanoTime());
  private final List<Process> processes = new ArrayList<>();

  /** What each client fetches: one torrent that nobody else has. */
  private final Map<Kind, TorrentFile> torrents = new EnumMap<>(Kind.class);

  private final TorrentFile shared = new TorrentFile("shared", random.bytes(CONTENT_BYTES));
  private final TorrentFile killed = new TorrentFile("killed", random.bytes(20));
  private FileTime announced = FileTime.fromMillis(0);
  private Path folder = Path.of("/");
  private @Nullable PortBlock block;
  private @Nullable TorNode node;
  private @Nullable Process tracker;
  private int trackerPort;
  private int opentrackerPort;
  private int metricsPort;

  /** Where the seed listens, and its virtual port, since that is what it announces. */
  private int seedPort;

  @BeforeAll
  void startTrackersAndNode(SharedNetworks networks) throws IOException, InterruptedException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    for (Kind kind : Kind.values()) {
      requireCommand(kind.program());
      torrents.put(kind, new TorrentFile(kind.program(), random.bytes(CONTENT_BYTES)));
    }
    requireCommand("opentracker");
    requireCommand("torsocks");
    folder = Files.createTempDirectory("tracker");
    // opentracker gives up its privileges and must enter it all the same.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    block = PortBlock.claim();
    trackerPort = ports().next();
    opentrackerPort = ports().next();
    seedPort = ports().next();
    metricsPort = ports().next();
    TorNetwork network = networks.of(Subject.CTOR);
    String lines =
        Files.readString(network.node(SharedNetworks.DRIVER).torrc())
            .lines()
            .filter(
                line ->
                    line.startsWith("DirAuthority ")
                        || line.startsWith("TestingTorNetwork ")
                        || line.startsWith("PathsNeeded"))
            .collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(
        folder.resolve("torrc"),
        lines
            + "DataDirectory %1$s/data%nLog notice file %1$s/notice.log%nMetricsPort 127.0.0.1:%2$d%nMetricsPortPolicy accept 127.0.0.1%n"
                .formatted(folder, metricsPort));
    TorNode started =
        network.startClient(
            "swarm",
            Subject.OURS,
            client ->
                "HTTPTunnelPort 127.0.0.1:%d%nHiddenServiceDir %s%nHiddenServicePort %d%nHiddenServiceDir %s%nHiddenServicePort 80 127.0.0.1:%d%n"
                    .formatted(
                        client.ports().dir(),
                        onion(client, "peer"),
                        seedPort,
                        onion(client, "opentracker"),
                        opentrackerPort));
    node = started;
    startTracker();
    // Long before the test that wants it in a snapshot, which is written once a minute.
    String known = get(announce(killed, 0));
    assertTrue(known.startsWith("d8:completei1e"), known);
    announced = FileTime.from(Instant.now());
    startOpentracker();
    started.awaitBootstrapped(BOOTSTRAP_LIMIT);
  }

  private static void requireCommand(String program) throws InterruptedException {
    Interop.requireProgram("sh", "-c", "command -v " + program);
  }

  private static Path onion(TorNode client, String name) {
    return client.dataDirectory().resolveSibling(name);
  }

  private PortBlock ports() {
    if (block == null) {
      throw new AssertionError("not started");
    }
    return block;
  }

  private TorNode node() {
    if (node == null) {
      throw new AssertionError("not started");
    }
    return node;
  }

  private void startTracker() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "timeout",
                "-s",
                "TERM",
                "-k",
                "10",
                "900",
                Repository.root().resolve("tunic").toString(),
                "tracker",
                "--torrc",
                folder.resolve("torrc").toString(),
                "--clearnet-listen",
                "127.0.0.1:" + trackerPort,
                "--peer-addresses",
                "lan",
                "--unsigned-onions",
                "last")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("stdout").toFile()));
    builder.environment().put("TUNIC_NO_BUILD", "1");
    Process started = builder.start();
    tracker = started;
    processes.add(started);
    Await.until(
        "the tracker listens",
        START_LIMIT,
        () -> {
          assertTrue(started.isAlive(), this::said);
          return !get("http://127.0.0.1:" + trackerPort + "/stats").isEmpty();
        },
        this::said);
  }

  private void startOpentracker() throws IOException {
    Path home = Files.createDirectory(folder.resolve("opentracker"));
    String list =
        torrents.values().stream().map(TorrentFile::hex).collect(Collectors.joining("\n"));
    Files.writeString(home.resolve("list"), list + "\n" + shared.hex() + "\n");
    Files.writeString(
        home.resolve("conf"),
        "listen.tcp_udp 127.0.0.1:%d%naccess.whitelist /list%ntracker.rootdir %s%ntracker.user nobody%n"
            .formatted(opentrackerPort, home));
    Process process =
        new ProcessBuilder("timeout", "900", "opentracker", "-f", home.resolve("conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("said").toFile())
            .start();
    processes.add(process);
    Await.until(
        "opentracker listens",
        START_LIMIT,
        () -> !get("http://127.0.0.1:" + opentrackerPort + "/scrape").isEmpty(),
        () -> read("opentracker/said"));
  }

  private String said() {
    return read("stdout") + read("notice.log");
  }

  private String read(String name) {
    try {
      return Files.exists(folder.resolve(name)) ? Files.readString(folder.resolve(name)) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    for (Process process : processes) {
      end(process);
    }
    if (node != null) {
      node.stop();
    }
    if (block != null) {
      block.close();
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  // ---- what trackers say

  private static String get(String... arguments) {
    List<String> command = new ArrayList<>(List.of("curl", "-q", "-s", "-m", "60"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).start();
      return new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Dict dictionary(String answer) {
    try {
      return (Dict) Bencode.read(answer.getBytes(ISO_8859_1), Bencode.Limits.SMALL);
    } catch (BencodeException e) {
      throw new AssertionError("no answer of a tracker: " + answer, e);
    }
  }

  /** {@code complete} or {@code incomplete} of a torrent, by a scrape; 0 if it is not known. */
  private long counted(int port, TorrentFile torrent, String what) {
    return number(
        get("http://127.0.0.1:" + port + "/scrape?info_hash=" + torrent.escaped()), torrent, what);
  }

  private static long incomplete(String scraped, TorrentFile torrent) {
    return number(scraped, torrent, "incomplete");
  }

  private static long number(String scraped, TorrentFile torrent, String what) {
    Dict files = (Dict) dictionary(scraped).get("files").orElseThrow();
    return files.entries().entrySet().stream()
        .filter(entry -> torrent.hex().equals(entry.getKey().hex()))
        .map(entry -> ((Int) ((Dict) entry.getValue()).get(what).orElseThrow()).value())
        .findFirst()
        .orElse(0L);
  }

  private long metric(String name) {
    String page = get("http://127.0.0.1:" + metricsPort + "/metrics");
    Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9]+)").matcher(page);
    assertTrue(line.find(), page);
    return Long.parseLong(line.group(1));
  }

  // ---- all clients

  /**
   * Starts all clients, each with its torrent at two trackers.
   *
   * @param proof the URL of opentracker
   * @param ours that of our tracker
   */
  private List<TorrentClient> startAll(String name, String proof, String ours, Way way)
      throws IOException {
    List<TorrentClient> clients = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Path home = Files.createDirectories(folder.resolve(name).resolve(kind.program()));
      TorrentFile torrent = torrent(kind);
      Path first = torrent.write(Files.createDirectory(home.resolve("proof")), proof);
      clients.add(
          TorrentClient.start(
              kind,
              Files.createDirectory(home.resolve("at-opentracker")),
              List.of(first),
              ports(),
              way));
      Path second = torrent.write(Files.createDirectory(home.resolve("tested")), ours);
      clients.add(
          TorrentClient.start(
              kind, Files.createDirectory(home.resolve("at-ours")), List.of(second), ports(), way));
    }
    return clients;
  }

  private TorrentFile torrent(Kind kind) {
    TorrentFile torrent = torrents.get(kind);
    if (torrent == null) {
      throw new AssertionError("not made");
    }
    return torrent;
  }

  private void awaitCounted(int port, long peers, List<TorrentClient> clients) {
    for (TorrentClient client : clients) {
      if (peers > 0 || client.kind().saysStopped()) {
        Await.until(
            client.kind() + (peers > 0 ? " announces itself" : " says that it leaves"),
            CLIENT_LIMIT,
            () -> counted(port, torrent(client.kind()), "incomplete") == peers,
            () -> client.said() + said());
      }
    }
  }

  @Test
  @Order(1)
  void clients_overTcp_announceThemselvesAndLeave() throws IOException {
    List<TorrentClient> clients =
        startAll(
            "tcp",
            "http://127.0.0.1:" + opentrackerPort + "/announce",
            "http://127.0.0.1:" + trackerPort + "/announce",
            Way.DIRECT);
    try {
      awaitCounted(opentrackerPort, 1, clients);
      awaitCounted(trackerPort, 1, clients);
      assertTrue(metric("tunic_tracker_events_total{kind=\"announces\"}") >= clients.size() / 2);
      clients.forEach(TorrentClient::ask);
      awaitCounted(opentrackerPort, 0, clients);
      awaitCounted(trackerPort, 0, clients);
    } finally {
      clients.forEach(TorrentClient::close);
    }
  }

  @Test
  @Order(2)
  void clients_overOnionAddresses_announceThemselves() throws IOException {
    String proof = host(onion(node(), "opentracker"));
    String ours = host(folder.resolve("data/tracker"));
    awaitOnion(proof, "/scrape?info_hash=" + shared.escaped());
    awaitOnion(ours, "/stats");
    // Who left without a word is forgotten when its time is over, and counts until then.
    long staleProof = counted(opentrackerPort, torrent(Kind.TRANSMISSION), "incomplete");
    long stale = counted(trackerPort, torrent(Kind.TRANSMISSION), "incomplete");
    List<TorrentClient> clients =
        startAll(
            "onion",
            "http://" + proof + "/announce",
            "http://" + ours + "/announce",
            new Way(node().ports().socks(), node().ports().dir()));
    try {
      for (TorrentClient client : clients) {
        boolean transmission = client.kind() == Kind.TRANSMISSION;
        awaitPeers(opentrackerPort, client, 1 + (transmission ? staleProof : 0));
        awaitPeers(trackerPort, client, 1 + (transmission ? stale : 0));
      }
      for (TorrentClient client : clients) {
        String scraped =
            get(
                "--proxy",
                "socks5h://127.0.0.1:" + node().ports().socks(),
                "http://" + ours + "/scrape?info_hash=" + torrent(client.kind()).escaped());
        assertTrue(incomplete(scraped, torrent(client.kind())) >= 1, scraped);
      }
    } finally {
      clients.forEach(TorrentClient::close);
    }
    assertTrue(!said().contains(ours), "the address is in no log");
  }

  private void awaitPeers(int port, TorrentClient client, long peers) {
    Await.until(
        client.kind() + " announces itself",
        CLIENT_LIMIT,
        () -> counted(port, torrent(client.kind()), "incomplete") == peers,
        () -> client.said() + said() + node().logTail());
  }

  private static String host(Path directory) throws IOException {
    return Files.readString(directory.resolve("hostname")).strip();
  }

  /** Asks by curl until the descriptors can be had. */
  private void awaitOnion(String name, String path) {
    Await.until(
        "an onion address answers",
        BOOTSTRAP_LIMIT,
        () -> {
          try {
            return Curl.fetch(node(), "http://" + name + path, 20).status() == 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> said() + node().logTail());
  }

  // ---- transfers

  /** One shares, the other fetches, both over TCP on this host. */
  private void transfer(String name, int port) throws IOException, InterruptedException {
    Path home = Files.createDirectories(folder.resolve("transfer").resolve(name));
    Path torrent = shared.write(home, "http://127.0.0.1:" + port + "/announce");
    Path seeds = Files.createDirectory(home.resolve("seed"));
    Path fetches = Files.createDirectory(home.resolve("leech"));
    shared.writeContent(seeds.resolve("files"));
    try (TorrentClient seed = aria2(seeds, torrent, ports().next(), true, List.of())) {
      awaitSeed(port, seed);
      try (TorrentClient leech = aria2(fetches, torrent, ports().next(), false, List.of())) {
        assertEquals(0, leech.await(TRANSFER_SECONDS), leech::said);
        assertEquals(shared.contentText(), shared.fetched(fetches.resolve("files")));
      }
    }
    Await.until(
        "the seed has left",
        CLIENT_LIMIT,
        () -> counted(port, shared, "complete") == 0,
        this::said);
  }

  private static TorrentClient aria2(
      Path home, Path torrent, int port, boolean seeds, List<String> more) throws IOException {
    return TorrentClient.aria2(List.of(), Map.of(), home, torrent, port, seeds, more);
  }

  private void awaitSeed(int port, TorrentClient seed) {
    Await.until(
        "the seed announces itself",
        CLIENT_LIMIT,
        () -> counted(port, shared, "complete") == 1,
        () -> seed.said() + said());
  }

  @Test
  @Order(3)
  void aria2_byOpentrackerThenByOurs_findEachOther() throws IOException, InterruptedException {
    transfer("opentracker", opentrackerPort);
    transfer("ours", trackerPort);
  }

  /** The seed has an onion address and no other; torsocks hands names to the SOCKS port. */
  @Test
  @Order(4)
  void aria2_byOursBehindItsOnionAddress_findEachOther() throws IOException, InterruptedException {
    Path home = Files.createDirectories(folder.resolve("transfer/onion"));
    String name = host(folder.resolve("data/tracker"));
    String own = host(onion(node(), "peer"));
    Path torsocks = home.resolve("torsocks.conf");
    Files.writeString(
        torsocks,
        "TorAddress 127.0.0.1%nTorPort %d%nAllowInbound 1%nAllowOutboundLocalhost 1%n"
            .formatted(node().ports().socks()));
    awaitOnion(name, "/stats");
    Path torrent = shared.write(home, "http://" + name + "/announce?onion=names");
    Path seeds = Files.createDirectory(home.resolve("seed"));
    Path fetches = Files.createDirectory(home.resolve("leech"));
    shared.writeContent(seeds.resolve("files"));
    Map<String, String> environment = Map.of("TORSOCKS_CONF_FILE", torsocks.toString());
    List<String> plain = List.of("--async-dns=false", "--disable-ipv6=true");
    List<String> named = new ArrayList<>(plain);
    named.add("--bt-external-ip=" + own);
    try (TorrentClient seed =
        TorrentClient.aria2(
            List.of("torsocks"), environment, seeds, torrent, seedPort, true, named)) {
      awaitSeed(trackerPort, seed);
      assertEquals(own, announcedName(name));
      try (TorrentClient leech =
          TorrentClient.aria2(
              List.of("torsocks"), environment, fetches, torrent, ports().next(), false, plain)) {
        assertEquals(0, leech.await(TRANSFER_SECONDS), () -> leech.said() + seed.said() + said());
        assertEquals(shared.contentText(), shared.fetched(fetches.resolve("files")));
      }
    }
  }

  /** The first peer that an announce by way of the SOCKS port is told. */
  private String announcedName(String tracker) {
    String answer =
        get(
            "--proxy",
            "socks5h://127.0.0.1:" + node().ports().socks(),
            "http://"
                + tracker
                + "/announce?onion=names&port=0&left=1&event=started"
                + "&peer_id=-XX0001-abcdefghijkl&info_hash="
                + shared.escaped());
    Dict peer = (Dict) ((Items) dictionary(answer).get("peers").orElseThrow()).values().getFirst();
    return new String(((Text) peer.get("ip").orElseThrow()).value().toArray(), ISO_8859_1);
  }

  /**
   * Killed in the middle of a flood: what the last snapshot had, a minute old at most, is back; and
   * who asks again after that is answered.
   */
  @Test
  @Order(6)
  void tracker_killedInMidFlood_isBackWithItsSwarms() throws IOException, InterruptedException {
    Path snapshot = folder.resolve("data/tracker-swarms");
    Await.until(
        "the announce stands in a snapshot",
        SNAPSHOT_LIMIT,
        () -> {
          try {
            return Files.exists(snapshot)
                && Files.getLastModifiedTime(snapshot).compareTo(announced) > 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        this::said);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong answered = new AtomicLong();
    List<Thread> flood = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int first = 1_000_000 * (i + 1);
      flood.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int peer = first; !over.get(); peer++) {
                      answered.addAndGet(get(announce(killed, peer)).isEmpty() ? 0 : 1);
                    }
                  }));
    }
    Await.until("the flood flows", START_LIMIT, () -> answered.get() > 20, this::said);
    Process running = tracker;
    if (running == null) {
      throw new AssertionError("not started");
    }
    running.descendants().forEach(ProcessHandle::destroyForcibly);
    assertTrue(running.waitFor(20, TimeUnit.SECONDS));
    startTracker();
    long before = answered.get();
    Await.until(
        "the flood is answered", START_LIMIT, () -> answered.get() > before + 20, this::said);
    over.set(true);
    for (Thread thread : flood) {
      thread.join();
    }
    assertTrue(counted(trackerPort, killed, "complete") >= 1, "the one of before");
  }

  private String announce(TorrentFile torrent, int peer) {
    return "http://127.0.0.1:%d/announce?port=7000&left=%d&peer_id=-XX0001-%012d&info_hash=%s"
        .formatted(trackerPort, peer == 0 ? 0 : 1, peer, torrent.escaped());
  }

  /** What was counted before a restart is still known after it. */
  @Test
  @Order(5)
  void swarms_afterARestart_areBack() throws IOException, InterruptedException {
    TorrentFile torrent = new TorrentFile("restart", random.bytes(20));
    String answer =
        get(
            "http://127.0.0.1:"
                + trackerPort
                + "/announce?port=7000&left=0&peer_id=-XX0001-abcdefghijkl&info_hash="
                + torrent.escaped());
    assertTrue(answer.startsWith("d8:completei1e"), answer);
    String name = read("data/tracker/hostname");
    Process running = tracker;
    if (running == null) {
      throw new AssertionError("not started");
    }
    end(running);
    startTracker();
    assertEquals(1, counted(trackerPort, torrent, "complete"));
    assertEquals(name, read("data/tracker/hostname"));
  }
}
