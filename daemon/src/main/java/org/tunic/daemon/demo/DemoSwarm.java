package org.tunic.daemon.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A tracker and two gateways in processes of their own, and two BitTorrent clients that bring a
 * file from one to the other: those of others where they are installed, else the built-in one.
 *
 * <p>Threads: one thread, which it blocks.
 */
final class DemoSwarm implements AutoCloseable {
  private static final int PIECES = 64;
  private static final int WAIT_SECONDS = 180;
  private static final int STOP_SECONDS = 10;
  private static final int PAUSE_MILLIS = 200;
  private static final String FINISHED = "finished";

  /** Which programs bring the file over. */
  enum Clients {
    /** aria2 shares, rtorrent fetches. */
    ARIA2_AND_RTORRENT("swarm", "from aria2 to rtorrent"),
    /** qBittorrent shares, aria2 fetches. */
    QBITTORRENT_AND_ARIA2("swarm", "from qBittorrent to aria2"),
    /** {@link DemoPeer} does both. */
    BUILT_IN("swarm (built-in peer)", "from one to another");

    private final String check;
    private final String words;

    Clients(String check, String words) {
      this.check = check;
      this.words = words;
    }
  }

  private final Path directory;
  private final List<String> launcher;
  private final SocksFetch socks;
  private final LongSupplier nanoClock;
  private final DemoTorrent torrent;
  private final Clients clients;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param directory of the demo, which holds {@code client/torrc}
   * @param launcher the command line that starts {@code tunic}
   * @param socks the demo's client
   */
  DemoSwarm(
      Path directory,
      List<String> launcher,
      SocksFetch socks,
      LongSupplier nanoClock,
      RandomGenerator random) {
    this.directory = directory;
    this.launcher = launcher;
    this.socks = socks;
    this.nanoClock = nanoClock;
    this.torrent = new DemoTorrent(PIECES, random);
    this.clients = installed();
  }

  private static Clients installed() {
    // aria2 binds nothing on a machine that has no address but loopback's.
    if (!onPath("aria2c") || !hasAddress()) {
      return Clients.BUILT_IN;
    }
    if (onPath("rtorrent")) {
      return Clients.ARIA2_AND_RTORRENT;
    }
    return onPath("qbittorrent-nox") ? Clients.QBITTORRENT_AND_ARIA2 : Clients.BUILT_IN;
  }

  private static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasAddress() {
    try {
      return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(address -> !address.isLoopbackAddress() && address.getAddress().length == 4);
    } catch (IOException e) {
      return false;
    }
  }

  /** What the check is called. */
  String name() {
    return clients.check;
  }

  /** Brings the file over; returns the figures to print. */
  String run() throws IOException, DemoFailure, InterruptedException {
    Path place = directory.resolve("swarm");
    Files.createDirectories(place);
    start(
        place.resolve("tracker.log"),
        command("tracker", "--demo", directory.toString(), "--interval", "60"));
    Path one = place.resolve("one");
    Path other = place.resolve("other");
    for (Path seat : List.of(one, other)) {
      Files.createDirectories(seat);
      start(
          seat.resolve("gateway.log"),
          command(
              "gateway",
              "--demo",
              directory.toString(),
              "--data",
              seat.resolve("gateway").toString(),
              "--listen",
              "127.0.0.1:0"));
    }
    String onion = awaitTracker();
    String first = awaitGateway(one, onion);
    String second = awaitGateway(other, onion);
    long from = nanoClock.getAsLong();
    switch (clients) {
      case BUILT_IN -> bringOverBuiltIn(first, second);
      case ARIA2_AND_RTORRENT, QBITTORRENT_AND_ARIA2 -> bringOver(one, first, other, second, onion);
    }
    return String.format(
        Locale.ROOT,
        "%d MiB %s in %.1f s, each behind a gateway",
        torrent.length() >> 20,
        clients.words,
        (nanoClock.getAsLong() - from) / 1e9);
  }

  private List<String> command(String... arguments) {
    List<String> all = new ArrayList<>(launcher);
    all.addAll(List.of(arguments));
    return all;
  }

  private void start(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process.getOutputStream().close();
    processes.add(process);
  }

  private interface Condition {
    boolean holds() throws IOException, DemoFailure;
  }

  private void await(String what, Condition condition)
      throws IOException, DemoFailure, InterruptedException {
    long end = nanoClock.getAsLong() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.holds()) {
      if (nanoClock.getAsLong() - end > 0) {
        throw new DemoFailure("not within " + WAIT_SECONDS + " s: " + what);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Pause.millis(PAUSE_MILLIS);
    }
  }

  private String awaitTracker() throws IOException, DemoFailure, InterruptedException {
    Path hostname = directory.resolve("tracker").resolve("tracker").resolve("hostname");
    await("a tracker with an onion address", () -> Files.exists(hostname));
    String onion = Files.readString(hostname).strip();
    await("a tracker that can be reached", () -> answer(onion, "/stats").isPresent());
    return onion;
  }

  private Optional<String> answer(String onion, String path) {
    try {
      return Optional.of(socks.text("swarm", onion, 80, path));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The URL of the tracker at a gateway. */
  private String awaitGateway(Path seat, String onion)
      throws IOException, DemoFailure, InterruptedException {
    Path url = seat.resolve("gateway").resolve("gateway").resolve("tracker-url");
    await(
        "a gateway that is connected",
        () ->
            Files.readString(seat.resolve("gateway.log"), StandardCharsets.UTF_8)
                .contains("Bootstrapped 100%"));
    return Files.readString(url).strip().replace("NAME.onion/PORT", onion + "/80");
  }

  // ---- the clients of others

  private void bringOver(Path one, String first, Path other, String second, String onion)
      throws IOException, DemoFailure, InterruptedException {
    torrent.writeContent(Files.createDirectories(one.resolve("files")));
    Files.createDirectories(other.resolve("files"));
    Path shared = torrent.write(one, first);
    Path wanted = torrent.write(other, second);
    boolean rtorrent = clients == Clients.ARIA2_AND_RTORRENT;
    start(one.resolve("client.log"), rtorrent ? aria2(one, shared) : qbittorrent(one, shared));
    await(
        "the one who shares is known to the tracker",
        () ->
            answer(onion, "/scrape?info_hash=" + torrent.escapedHash())
                .orElse("")
                .contains("8:completei1e"));
    start(other.resolve("client.log"), rtorrent ? rtorrent(other, wanted) : aria2(other, wanted));
    await("the one who fetches has all", () -> Files.exists(other.resolve(FINISHED)));
    if (!torrent.isContent(Files.readAllBytes(other.resolve("files").resolve(DemoTorrent.NAME)))) {
      throw new DemoFailure("the file came with other bytes");
    }
  }

  /** A program that a client runs when it has all. */
  private static Path mark(Path seat) throws IOException {
    Path mark = seat.resolve("mark");
    Files.writeString(mark, "#!/bin/sh\n: > '" + seat.resolve(FINISHED) + "'\n");
    Files.setPosixFilePermissions(mark, PosixFilePermissions.fromString("rwx------"));
    return mark;
  }

  private static List<String> aria2(Path seat, Path file) throws IOException {
    return List.of(
        "aria2c",
        "--no-conf",
        "--enable-dht=false",
        "--enable-dht6=false",
        "--bt-enable-lpd=false",
        "--enable-peer-exchange=false",
        "--file-allocation=none",
        "--check-integrity=true",
        "--summary-interval=0",
        "--seed-ratio=0.0",
        "--listen-port=" + freePort(),
        "--dir=" + seat.resolve("files"),
        "--on-bt-download-complete=" + mark(seat),
        file.toString());
  }

  private static List<String> rtorrent(Path seat, Path file) throws IOException {
    Path rc = seat.resolve("rc");
    int port = freePort();
    Files.createDirectories(seat.resolve("session"));
    Files.writeString(
        rc,
        """
        session.path.set = %1$s/session
        directory.default.set = %1$s/files
        network.bind_address.set = 127.0.0.1
        network.port_range.set = %2$d-%2$d
        dht.mode.set = disable
        protocol.pex.set = no
        protocol.encryption.set = none
        trackers.use_udp.set = no
        system.daemon.set = true
        method.set_key = event.download.finished,mark,"execute=%3$s"
        load.start = %4$s
        """
            .formatted(seat, port, mark(seat), file));
    return List.of("rtorrent", "-n", "-o", "import=" + rc);
  }

  private static List<String> qbittorrent(Path seat, Path file) throws IOException {
    Path config = Files.createDirectories(seat.resolve("qBittorrent").resolve("config"));
    Files.writeString(
        config.resolve("qBittorrent.conf"),
        """
        [LegalNotice]
        Accepted=true
        [BitTorrent]
        Session\\DHTEnabled=false
        Session\\LSDEnabled=false
        Session\\PeXEnabled=false
        Session\\BTProtocol=TCP
        Session\\Encryption=2
        Session\\Interface=lo
        Session\\InterfaceName=lo
        Session\\InterfaceAddress=127.0.0.1
        Session\\Port=%d
        [Network]
        PortForwardingEnabled=false
        [Preferences]
        Connection\\ResolvePeerCountries=false
        WebUI\\Address=127.0.0.1
        """
            .formatted(freePort()));
    return List.of(
        "qbittorrent-nox",
        "--profile=" + seat,
        "--webui-port=" + freePort(),
        "--save-path=" + seat.resolve("files"),
        "--add-paused=false",
        "--skip-dialog=true",
        "--skip-hash-check",
        file.toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(DemoPeer.loopback(), 0));
      return probe.getLocalPort();
    }
  }

  // ---- the built-in one

  private void bringOverBuiltIn(String first, String second)
      throws IOException, DemoFailure, InterruptedException {
    DemoPeer sharing = new DemoPeer(torrent, 'a');
    DemoPeer fetching = new DemoPeer(torrent, 'b');
    try (ServerSocket shared = sharing.share()) {
      sharing.announce(first, shared.getLocalPort(), true);
      List<InetSocketAddress> peers = new ArrayList<>();
      // It may be a moment until the other's onion address can be found.
      await(
          "the one who fetches has all",
          () -> {
            peers.clear();
            peers.addAll(fetching.announce(second, 1, false));
            return !peers.isEmpty() && isFetched(fetching, peers.getFirst());
          });
      InetAddress address = peers.getFirst().getAddress();
      if (!address.isLoopbackAddress()) {
        throw new DemoFailure("the gateway named an address that is not loopback's");
      }
    }
  }

  private boolean isFetched(DemoPeer peer, InetSocketAddress from) throws DemoFailure {
    try {
      if (!torrent.isContent(peer.fetch(from))) {
        throw new DemoFailure("the file came with other bytes");
      }
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Ends all processes. */
  @Override
  public void close() {
    for (Process process : processes.reversed()) {
      process.destroy();
    }
    for (Process process : processes.reversed()) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
