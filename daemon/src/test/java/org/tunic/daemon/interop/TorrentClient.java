package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A BitTorrent client of somebody else, unmodified: it learns of others from its trackers and from
 * nothing else, and stays on 127.0.0.1. The lines are those of docs/bittorrent-clients.md.
 *
 * <p>Threads: that of the test.
 */
final class TorrentClient implements AutoCloseable {
  private static final String LIFE_SECONDS = "600";
  private static final int END_SECONDS = 20;

  /** The clients. */
  enum Kind {
    ARIA2("aria2c", "INT", true),
    TRANSMISSION("transmission-daemon", "TERM", false),
    QBITTORRENT("qbittorrent-nox", "TERM", true),
    RTORRENT("rtorrent", "TERM", true);

    private final String program;
    private final String signal;
    private final boolean saysStopped;

    /**
     * @param signal that ends it in peace: aria2 forgets its trackers at a SIGTERM
     * @param saysStopped whether its last announce is sent when its process ends; Transmission 3.00
     *     sends it only for a torrent that is paused
     */
    Kind(String program, String signal, boolean saysStopped) {
      this.program = program;
      this.signal = signal;
      this.saysStopped = saysStopped;
    }

    String program() {
      return program;
    }

    boolean saysStopped() {
      return saysStopped;
    }
  }

  /**
   * How a client reaches its trackers: by itself, or through the ports of a node on 127.0.0.1.
   *
   * @param socks port; 0 for none
   * @param tunnel HTTPTunnelPort, for aria2, which speaks no SOCKS
   */
  record Way(int socks, int tunnel) {
    static final Way DIRECT = new Way(0, 0);
  }

  private final Kind kind;
  private final Process process;
  private final Path log;

  private TorrentClient(Kind kind, Process process, Path log) {
    this.kind = kind;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts one that fetches these torrents.
   *
   * @param home an empty folder of its own
   * @param ports two neighbours: where it listens for peers, and where its interface does
   */
  static TorrentClient start(Kind kind, Path home, List<Path> torrents, PortBlock ports, Way way)
      throws IOException {
    int port = ports.next();
    return switch (kind) {
      case ARIA2 -> {
        List<String> command = aria2(home.resolve("files"), port, "--seed-time=0");
        if (way.tunnel() > 0) {
          command.add("--all-proxy=http://127.0.0.1:" + way.tunnel());
          command.add("--proxy-method=tunnel");
        }
        torrents.forEach(torrent -> command.add(torrent.toString()));
        yield run(kind, home, command, Map.of());
      }
      case TRANSMISSION -> transmission(home, torrents, port, way);
      case QBITTORRENT -> qbittorrent(home, torrents, port, ports.next(), way);
      case RTORRENT -> rtorrent(home, torrents, port, way);
    };
  }

  /**
   * Starts an aria2 that shares or fetches one torrent.
   *
   * @param before a command that runs it, such as torsocks
   * @param environment for that command
   * @param seeds whether it goes on when it has all
   */
  static TorrentClient aria2(
      List<String> before,
      Map<String, String> environment,
      Path home,
      Path torrent,
      int port,
      boolean seeds,
      List<String> more)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        aria2(home.resolve("files"), port, seeds ? "--seed-ratio=0.0" : "--seed-time=0"));
    command.addAll(more);
    command.add(torrent.toString());
    return run(Kind.ARIA2, home, command, environment);
  }

  private static List<String> aria2(Path files, int port, String until) {
    return new ArrayList<>(
        List.of(
            "aria2c",
            "--no-conf",
            "--enable-dht=false",
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            "--file-allocation=none",
            "--check-integrity=true",
            "--summary-interval=0",
            until,
            "--listen-port=" + port,
            "-d",
            files.toString()));
  }

  private static TorrentClient transmission(Path home, List<Path> torrents, int port, Way way)
      throws IOException {
    Path watched = Files.createDirectories(home.resolve("watched"));
    for (Path torrent : torrents) {
      Files.copy(torrent, watched.resolve(torrent.getFileName()));
    }
    Files.writeString(
        home.resolve("settings.json"),
        """
        {"dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false,
         "port-forwarding-enabled": false, "rpc-enabled": false,
         "bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "::1", "peer-port": %d,
         "download-dir": "%s", "watch-dir-enabled": true, "watch-dir": "%s"}
        """
            .formatted(port, home.resolve("files"), watched));
    return run(
        Kind.TRANSMISSION,
        home,
        List.of("transmission-daemon", "-f", "-g", home.toString()),
        way.socks() > 0 ? Map.of("ALL_PROXY", "socks5h://127.0.0.1:" + way.socks()) : Map.of());
  }

  private static TorrentClient qbittorrent(
      Path home, List<Path> torrents, int port, int webPort, Way way) throws IOException {
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
        Session\\Interface=lo
        Session\\InterfaceName=lo
        Session\\InterfaceAddress=127.0.0.1
        Session\\Port=%d
        Session\\ProxyPeerConnections=false
        [Network]
        PortForwardingEnabled=false
        %s
        [Preferences]
        Connection\\ResolvePeerCountries=false
        WebUI\\Address=127.0.0.1
        """
            .formatted(
                port,
                way.socks() == 0
                    ? ""
                    : "Proxy\\Type=SOCKS5%nProxy\\IP=127.0.0.1%nProxy\\Port=%d"
                        .formatted(way.socks())));
    List<String> command =
        new ArrayList<>(
            List.of(
                "qbittorrent-nox",
                "--profile=" + home,
                "--webui-port=" + webPort,
                "--save-path=" + home.resolve("files"),
                "--add-paused=false",
                "--skip-dialog=true"));
    torrents.forEach(torrent -> command.add(torrent.toString()));
    return run(Kind.QBITTORRENT, home, command, Map.of("HOME", home.toString()));
  }

  private static TorrentClient rtorrent(Path home, List<Path> torrents, int port, Way way)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    if (way.socks() > 0) {
      lines.append(
          "network.http.proxy_address.set = \"socks5h://127.0.0.1:%d\"%n".formatted(way.socks()));
    }
    torrents.forEach(torrent -> lines.append("load.start = ").append(torrent).append('\n'));
    Path session = Files.createDirectories(home.resolve("session"));
    Path files = Files.createDirectories(home.resolve("files"));
    Path rc = home.resolve("rc");
    Files.writeString(
        rc,
        """
        session.path.set = %s
        directory.default.set = %s
        network.bind_address.set = 127.0.0.1
        network.port_range.set = %d-%d
        dht.mode.set = disable
        protocol.pex.set = no
        trackers.use_udp.set = no
        system.daemon.set = true
        %s"""
            .formatted(session, files, port, port, lines));
    return run(Kind.RTORRENT, home, List.of("rtorrent", "-n", "-o", "import=" + rc), Map.of());
  }

  private static TorrentClient run(
      Kind kind, Path home, List<String> command, Map<String, String> environment)
      throws IOException {
    // In the foreground: else it would hand on a signal twice, and two end aria2 at once.
    List<String> bounded =
        new ArrayList<>(List.of("timeout", "--foreground", "-k", "5", LIFE_SECONDS));
    bounded.addAll(command);
    Path log = home.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(bounded)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new TorrentClient(kind, builder.start(), log);
  }

  Kind kind() {
    return kind;
  }

  /** Waits until it ends by itself, and returns its exit status. */
  int await(int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  String said() {
    try {
      return "%s: %s%n".formatted(kind, Files.readString(log, ISO_8859_1));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Asks it to end, so that it may tell its trackers. */
  void ask() {
    try {
      new ProcessBuilder("kill", "-s", kind.signal, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    ask();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
