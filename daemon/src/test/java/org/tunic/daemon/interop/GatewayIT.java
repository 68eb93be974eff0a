package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.testing.SeededRandom;

/**
 * Two real BitTorrent clients, each with a gateway in a network namespace of its own, bring a
 * torrent from one to the other. In each namespace the gateway runs under one user, who alone has a
 * way out, and the client under another one, whose packets to anywhere but loopback end in a dead
 * end where they are seen. Without gateways nothing passes, and what the clients try is seen there.
 *
 * <p>Relays, authorities and the tracker stand outside; the relays are C tor's.
 *
 * <p>{@code SWARM_MIB} (8) is the size of the torrent. Needs root, iproute2, tcpdump, setpriv,
 * aria2, rtorrent and qbittorrent-nox. Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GatewayIT {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration TRANSFER_LIMIT = Duration.ofMinutes(8);
  private static final Duration CONTROL_LIMIT = Duration.ofMinutes(1);
  private static final int LIFE_SECONDS = 1500;
  private static final int GATEWAY_USER = 64_001;
  private static final int CLIENT_USER = 64_002;
  private static final int TRACKER_PORT = 80;
  private static final String DONE = "done";

  /** Who fetches from whom. */
  private enum Pair {
    RTORRENT_FROM_ARIA2(Client.ARIA2, Client.RTORRENT),
    ARIA2_FROM_QBITTORRENT(Client.QBITTORRENT, Client.ARIA2);

    final Client seed;
    final Client leech;

    Pair(Client seed, Client leech) {
      this.seed = seed;
      this.leech = leech;
    }
  }

  /** Programs of others, unmodified, with the lines of docs/gateway.md. */
  private enum Client {
    ARIA2 {
      @Override
      List<String> command(Path home, Path torrent, int port) {
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
            "--listen-port=" + port,
            "--bt-tracker-connect-timeout=30",
            "-d",
            home + "/files",
            "--on-bt-download-complete=" + home + "/" + DONE,
            torrent.toString());
      }
    },
    RTORRENT {
      @Override
      List<String> command(Path home, Path torrent, int port) throws IOException {
        Files.createDirectories(home.resolve("session"));
        Files.writeString(
            home.resolve("rc"),
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
            method.set_key = event.download.finished,mark,"execute=%1$s/%3$s"
            load.start = %4$s
            """
                .formatted(home, port, DONE, torrent));
        return List.of("rtorrent", "-n", "-o", "import=" + home.resolve("rc"));
      }
    },
    QBITTORRENT {
      @Override
      List<String> command(Path home, Path torrent, int port) throws IOException {
        Path config = Files.createDirectories(home.resolve("qBittorrent/config"));
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
                .formatted(port));
        return List.of(
            "qbittorrent-nox",
            "--profile=" + home,
            "--webui-port=" + (port + 1),
            "--save-path=" + home + "/files",
            "--add-paused=false",
            "--skip-dialog=true",
            "--skip-hash-check",
            torrent.toString());
      }
    };

    abstract List<String> command(Path home, Path torrent, int port) throws IOException;
  }

  /** A namespace with a gateway. */
  private final class Seat implements AutoCloseable {
    final ClientNamespace namespace;
    final Path home;
    final List<Process> processes = new ArrayList<>();
    int runs;

    Seat(int number) throws IOException {
      home = Files.createDirectory(folder.resolve("seat" + number));
      namespace = ClientNamespace.make(folder, number);
      namespace.onlyFor(GATEWAY_USER);
    }

    void startGateway() throws IOException {
      Path data = Files.createDirectory(home.resolve("gateway"));
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      own(data, GATEWAY_USER);
      Path torrc = home.resolve("torrc");
      Files.writeString(
          torrc, networkLines() + "Log notice file " + data.resolve("notice.log") + "\n");
      run(
          GATEWAY_USER,
          List.of(
              Repository.root().resolve("tunic").toString(),
              "gateway",
              "--torrc",
              torrc.toString(),
              "--data",
              data.toString()),
          data);
    }

    void awaitGateway() {
      Await.until(
          "a gateway that is connected",
          START_LIMIT,
          () -> text(home.resolve("gateway/notice.log")).contains("Bootstrapped 100%"),
          this::said);
    }

    /** The tracker's URL for clients of this seat. */
    String announce(String onion) throws IOException {
      return Files.readString(home.resolve("gateway/gateway/tracker-url"))
          .strip()
          .replace("NAME.onion", onion)
          .replace("PORT", "" + TRACKER_PORT);
    }

    /** Starts a client; its files are below the folder returned. */
    Path startClient(Client client, TorrentFile torrent, String announce, boolean seeds)
        throws IOException {
      Path place = Files.createDirectory(home.resolve(client + "-" + runs++));
      Path files = Files.createDirectory(place.resolve("files"));
      if (seeds) {
        torrent.writeContent(files);
      }
      Path done = place.resolve(DONE);
      Files.writeString(done, "#!/bin/sh\n: > " + place + "/finished\n");
      Files.setPosixFilePermissions(done, PosixFilePermissions.fromString("rwxr-xr-x"));
      List<String> command =
          client.command(place, torrent.write(place, announce), 6900 + 10 * runs);
      own(place, CLIENT_USER);
      run(CLIENT_USER, command, place);
      return place;
    }

    private Process run(int user, List<String> command, Path place) throws IOException {
      List<String> all = new ArrayList<>(namespace.enter());
      all.addAll(
          List.of(
              "setpriv",
              "--reuid=" + user,
              "--regid=" + user,
              "--clear-groups",
              "--no-new-privs",
              "timeout",
              "--foreground",
              "-k",
              "5",
              "" + LIFE_SECONDS));
      all.addAll(command);
      ProcessBuilder builder =
          new ProcessBuilder(all)
              .directory(place.toFile())
              .redirectErrorStream(true)
              .redirectOutput(place.resolve("stdout").toFile());
      builder.environment().put("HOME", place.toString());
      builder.environment().put("TUNIC_NO_BUILD", "1");
      Process process = builder.start();
      processes.add(process);
      return process;
    }

    /** Ends everything but the gateway. */
    void endClients() {
      while (processes.size() > 1) {
        end(processes.removeLast());
      }
    }

    String said() {
      StringBuilder all = new StringBuilder();
      try (Stream<Path> files = Files.walk(home, 3)) {
        for (Path file :
            files.filter(f -> f.endsWith("stdout") || f.endsWith("notice.log")).toList()) {
          String text = text(file);
          all.append("--- ").append(file).append('\n');
          all.append(text.substring(Math.max(0, text.length() - 1500))).append('\n');
        }
      } catch (IOException e) {
        all.append(e);
      }
      return all.toString();
    }

    @Override
    public void close() throws IOException {
      processes.reversed().forEach(GatewayIT::end);
      namespace.close();
    }
  }

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Seat> seats = new ArrayList<>();
  private Path folder = Path.of("/");
  private TorNetwork network;
  private String onion = "";
  private TorrentFile torrent;
  private int clearnetPort;

  @BeforeAll
  void start() throws Exception {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    for (String program :
        List.of("tcpdump", "setpriv", "ip", "aria2c", "rtorrent", "qbittorrent-nox")) {
      Interop.requireProgram("sh", "-c", "command -v " + program);
    }
    // Not below the working tree, which other users need not be able to enter.
    folder = Files.createTempDirectory("swarm");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int mebibytes = Integer.parseInt(System.getenv().getOrDefault("SWARM_MIB", "8"));
    torrent = new TorrentFile("content", new SeededRandom(1).bytes(mebibytes << 20));
    for (int number = 1; number <= 2; number++) {
      Seat seat = new Seat(number);
      seats.add(seat);
      open.add(seat);
    }
    network =
        TorNetwork.in(Interop.directory("swarm"))
            .address(outside())
            .guards("mid0,mid1,mid2,auth0,auth1,auth2")
            .stable()
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("mid1", Role.MIDDLE, Subject.CTOR)
            .node("mid2", Role.MIDDLE, Subject.CTOR)
            .start();
    open.add(network);
    startTracker();
    for (Seat seat : seats) {
      seat.startGateway();
    }
    for (Seat seat : seats) {
      seat.awaitGateway();
    }
  }

  private String outside() {
    return seats.getFirst().namespace.outside();
  }

  /** Whom to ask for the network, as its nodes know it. */
  private String networkLines() throws IOException {
    try (Stream<String> lines = Files.lines(network.node("mid0").torrc())) {
      return lines
          .filter(line -> line.startsWith("DirAuthority ") || line.startsWith("TestingTorNetwork "))
          .collect(Collectors.joining("\n", "", "\n"));
    }
  }

  private void startTracker() throws IOException {
    Path home = Files.createDirectory(folder.resolve("tracker"));
    Path torrc = home.resolve("torrc");
    Path log = home.resolve("notice.log");
    Files.writeString(
        torrc,
        networkLines()
            + "DataDirectory %s%nLog notice file %s%nLog info file %s%n"
                .formatted(home.resolve("data"), log, home.resolve("info.log")));
    try (PortBlock ports = PortBlock.claim()) {
      clearnetPort = ports.next();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                "timeout",
                "--foreground",
                "-k",
                "5",
                "" + LIFE_SECONDS,
                Repository.root().resolve("tunic").toString(),
                "tracker",
                "--torrc",
                torrc.toString(),
                "--interval",
                "60",
                "--peer-addresses",
                "lan",
                "--clearnet-listen",
                outside() + ":" + clearnetPort)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("stdout").toFile());
    builder.environment().put("TUNIC_NO_BUILD", "1"); // what is tested is what was built
    Process tracker = builder.start();
    open.add(() -> end(tracker));
    Await.until(
        "a tracker that can be reached",
        START_LIMIT,
        () -> text(home.resolve("info.log")).contains("The tracker can be reached"),
        () -> text(home.resolve("stdout")) + text(log));
    onion = Files.readString(home.resolve("data/tracker/hostname")).strip();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    Subject.Tools.run(Path.of("/tmp"), "", List.of("rm", "-rf", folder.toString()));
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void own(Path path, int user) throws IOException {
    Subject.Tools.run(
        path.getParent(), "", List.of("chown", "-R", user + ":" + user, path.toString()));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, UTF_8) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Set<String> guardsAndDirectories() {
    Set<String> all = new TreeSet<>();
    for (TorNode node : network.nodes()) {
      if (node.role() == Role.AUTHORITY || node.role() == Role.MIDDLE) {
        all.add(outside() + ":" + node.ports().or());
        all.add(outside() + ":" + node.ports().dir());
      }
    }
    return all;
  }

  /** What the tracker knows of the torrent, in its own words. */
  private String scrape() {
    try {
      return Subject.Tools.run(
          folder,
          "",
          List.of(
              "curl",
              "-q",
              "-s",
              "-m",
              "10",
              "http://"
                  + outside()
                  + ":"
                  + clearnetPort
                  + "/scrape?info_hash="
                  + torrent.escaped()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The control: what the log must show if a client speaks past its gateway. */
  @Test
  @Order(1)
  void clients_withoutGateways_fetchNothing_andAreSeenTrying() throws Exception {
    List<PacketLog> deadEnds = new ArrayList<>();
    List<Path> places = new ArrayList<>();
    String announce = "http://" + outside() + ":" + clearnetPort + "/announce";
    try {
      for (Seat seat : seats) {
        PacketLog log =
            PacketLog.start(
                folder, "control" + deadEnds.size(), seat.namespace, ClientNamespace.DEAD_END);
        deadEnds.add(log);
        // rtorrent and qBittorrent are bound to loopback: nothing of theirs could be seen.
        places.add(seat.startClient(Client.ARIA2, torrent, announce, places.isEmpty()));
      }
      for (PacketLog log : deadEnds) {
        Await.until(
            "a packet that went astray",
            CONTROL_LIMIT,
            () -> seen(log).stream().anyMatch(line -> line.contains(outside())),
            () -> seats.getFirst().said() + seats.getLast().said());
      }
    } finally {
      for (PacketLog log : deadEnds) {
        log.close();
      }
      seats.forEach(Seat::endClients);
    }
    assertFalse(Files.exists(places.getLast().resolve("finished")));
  }

  private static List<String> seen(PacketLog log) {
    try {
      return log.all();
    } catch (IOException e) {
      return List.of(); // in the middle of a packet
    }
  }

  @ParameterizedTest
  @EnumSource
  @Order(2)
  void clients_withGateways_bringATorrentOver_andAreSeenNowhere(Pair pair) throws Exception {
    List<PacketLog> deadEnds = new ArrayList<>();
    List<PacketLog> cables = new ArrayList<>();
    Path seeding;
    Path fetching;
    try {
      for (Seat seat : seats) {
        String name = pair + "-" + cables.size();
        deadEnds.add(
            PacketLog.start(folder, name + "-dead", seat.namespace, ClientNamespace.DEAD_END));
        cables.add(PacketLog.start(folder, name + "-cable", seat.namespace, ClientNamespace.CABLE));
      }
      Seat first = seats.getFirst();
      Seat second = seats.getLast();
      long before = System.nanoTime();
      seeding = first.startClient(pair.seed, torrent, first.announce(onion), true);
      Await.until(
          pair.seed + " is known to the tracker",
          START_LIMIT,
          () -> scrape().contains("8:completei1e"),
          () -> first.said() + scrape());
      fetching = second.startClient(pair.leech, torrent, second.announce(onion), false);
      Await.until(
          pair.leech + " has all from " + pair.seed,
          TRANSFER_LIMIT,
          () -> Files.exists(fetching.resolve("finished")),
          () -> first.said() + second.said() + text(folder.resolve("tracker/notice.log")));
      System.out.printf(
          "%s: %d MiB in %.1f s%n",
          pair, torrent.content().length >> 20, (System.nanoTime() - before) / 1e9);
    } finally {
      for (PacketLog log : deadEnds) {
        log.close();
      }
      for (PacketLog log : cables) {
        log.close();
      }
      seats.forEach(Seat::endClients);
    }
    assertEquals(
        -1, Files.mismatch(seeding.resolve("files/content"), fetching.resolve("files/content")));
    for (PacketLog log : deadEnds) {
      assertEquals(List.of(), log.all(), "packets of a client that left loopback");
    }
    for (PacketLog log : cables) {
      Set<String> others = log.contacted();
      assertFalse(others.isEmpty(), "not even a guard was contacted: the log saw nothing");
      others.removeAll(guardsAndDirectories());
      assertEquals(Set.of(), others, "neither guards nor directories");
      assertEquals(List.of(), log.lookups());
    }
    for (Seat seat : seats) {
      String logged = text(seat.home.resolve("gateway/notice.log"));
      assertFalse(logged.contains(onion), "the tracker's name is in a log");
      assertTrue(logged.contains("Opened Gateway listener"), logged);
    }
  }
}
