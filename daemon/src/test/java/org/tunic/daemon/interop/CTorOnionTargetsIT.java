package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of visitors' streams at a service: targets, the PROXY protocol, unknown ports, too
 * many streams. C tor's service first; ours must do the same to the same visitor, who is C tor.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(Lifecycle.PER_CLASS)
class CTorOnionTargetsIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);
  private static final int SECONDS = 30;
  private static final int MAX_STREAMS = 2;

  /** A port that no service has. */
  private static final int UNKNOWN_PORT = 81;

  /** The virtual port of a server that is not there. */
  private static final int DEAD_PORT = 82;

  private static final Pattern PROXY =
      Pattern.compile("PROXY TCP6 fc00:dead:beef:4dad::([0-9a-f]+):([0-9a-f]+) ::1 ([0-9]+) 80");

  private final Map<Subject, TorNode> hosts = new EnumMap<>(Subject.class);
  private final Map<Subject, UnixServer> servers = new EnumMap<>(Subject.class);
  private final List<TorNode> visitors = new ArrayList<>();
  private Path sockets = Path.of("/");

  @BeforeAll
  void start(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    int webPort = networks.web().port();
    sockets = Files.createTempDirectory("targets");
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      servers.put(subject, new UnixServer(socket(subject)));
      hosts.put(
          subject,
          network.startClient(
              "targets" + subject.label(), subject, node -> hostLines(node, subject, webPort)));
    }
    visitors.add(network.startClient("targetvisitor", Subject.CTOR));
    for (TorNode host : hosts.values()) {
      host.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
    visitor().awaitBootstrapped(BOOTSTRAP_LIMIT);
  }

  private String hostLines(TorNode node, Subject subject, int webPort) {
    return """
        HiddenServiceDir %1$s
        HiddenServicePort 80 unix:%5$s
        HiddenServiceExportCircuitID haproxy
        HiddenServiceDir %2$s
        HiddenServicePort 80 127.0.0.1:%6$d
        HiddenServicePort %7$d 127.0.0.1:1
        HiddenServiceAllowUnknownPorts 1
        HiddenServiceDir %3$s
        HiddenServicePort 80 127.0.0.1:%6$d
        HiddenServicePort %7$d 127.0.0.1:1
        HiddenServiceMaxStreams %8$d
        HiddenServiceDir %4$s
        HiddenServicePort 80 127.0.0.1:%6$d
        HiddenServiceMaxStreams %8$d
        HiddenServiceMaxStreamsCloseCircuit 1
        """
        .formatted(
            directory(node, "unix"),
            directory(node, "unknown"),
            directory(node, "few"),
            directory(node, "strict"),
            socket(subject),
            webPort,
            DEAD_PORT,
            MAX_STREAMS);
  }

  @AfterAll
  void stop() throws IOException {
    hosts.values().forEach(TorNode::stop);
    visitors.forEach(TorNode::stop);
    for (Map.Entry<Subject, UnixServer> server : servers.entrySet()) {
      server.getValue().close();
      Files.deleteIfExists(socket(server.getKey()));
    }
    Files.deleteIfExists(sockets);
  }

  private TorNode visitor() {
    return visitors.getFirst();
  }

  /** Kept short: the path of a socket has 107 bytes at most. */
  private Path socket(Subject subject) {
    return sockets.resolve(subject.label());
  }

  private static Path directory(TorNode host, String name) {
    return host.dataDirectory().resolveSibling(name);
  }

  private static String address(TorNode host, String name) throws IOException {
    return Files.readString(directory(host, name).resolve("hostname")).strip();
  }

  private Curl.Answer ask(String user, String address) {
    try {
      return Curl.fetch(visitor(), user, "http://" + address + "/page", SECONDS);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitReachable(TorNode host, String address) {
    await(host, "", address);
  }

  private void await(TorNode host, String user, String address) {
    Await.until(
        "an answer of a service",
        VISIT_LIMIT,
        () -> ask(user, address).status() == 0,
        () -> host.logTail() + visitor().logTail());
  }

  /** A stream that stays open, on a circuit of {@code user}. */
  private Socks5.Stream open(String user, String address, int port) throws IOException {
    return Socks5.open(visitor(), user, address, port, SECONDS * 1000);
  }

  /** Whether a stream works still: a page comes. */
  private static boolean works(Socket stream) {
    try {
      stream
          .getOutputStream()
          .write("GET /page HTTP/1.0\r\nHost: onion\r\n\r\n".getBytes(ISO_8859_1));
      return stream.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Which reply it is differs by chance: C tor's service has lost the errno of a refused connection
   * when it looks for the reason, and a relay may pass on a DESTROY before the END.
   */
  private static String said(Subject subject, Socks5.Stream stream) {
    System.out.printf("%s: reply %d%n", subject, stream.reply());
    return stream.reply() == Socks5.SUCCEEDED ? "accepted" : "refused";
  }

  @Test
  void serverBehindAUnixSocket_isToldTheCircuitAsByCtor() throws IOException {
    for (Subject subject : Subject.values()) {
      TorNode host = hosts.get(subject);
      String address = address(host, "unix");
      awaitReachable(host, address);
      String[] circuits = new String[3];
      for (int i = 0; i < 3; i++) {
        String user = i < 2 ? "one" : "two";
        await(host, user, address);
        String said = servers.get(subject).firstLines().getLast();
        Matcher line = PROXY.matcher(said);
        assertTrue(line.matches(), subject + ": " + said);
        assertEquals(Integer.parseInt(line.group(2), 16), Integer.parseInt(line.group(3)), said);
        circuits[i] = line.group(1) + ":" + line.group(2);
      }
      assertEquals(circuits[0], circuits[1], subject + ": two streams of one circuit");
      assertNotEquals(circuits[0], circuits[2], subject + ": circuits are told apart");
    }
  }

  /**
   * Unknown ports and servers that are not there: what the visitor is told, and whether the other
   * stream on the same circuit goes on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"unknown", "few"})
  void streamThatCannotBeServed_endsAsWithCtor(String service) throws IOException {
    Map<Subject, String> seen = new EnumMap<>(Subject.class);
    for (Subject subject : Subject.values()) {
      TorNode host = hosts.get(subject);
      String address = address(host, service);
      awaitReachable(host, address);
      StringBuilder outcome = new StringBuilder();
      for (int port : List.of(UNKNOWN_PORT, DEAD_PORT)) {
        String user = service + port;
        try (Socket first = open(user, address, 80).socket()) {
          Socks5.Stream bad = open(user, address, port);
          bad.socket().close();
          outcome.append(
              "port %d: %s, the other stream works: %s%n"
                  .formatted(port, said(subject, bad), works(first)));
        }
      }
      seen.put(subject, outcome.toString());
    }
    System.out.printf("%s:%n%s", service, seen.get(Subject.CTOR));
    assertEquals(seen.get(Subject.CTOR), seen.get(Subject.OURS));
  }

  /** {@code HiddenServiceMaxStreams} streams are there: what one more comes to, and the others. */
  @ParameterizedTest
  @ValueSource(strings = {"few", "strict"})
  void streamBeyondMaxStreams_endsAsWithCtor(String service) throws IOException {
    Map<Subject, String> seen = new EnumMap<>(Subject.class);
    for (Subject subject : Subject.values()) {
      TorNode host = hosts.get(subject);
      String address = address(host, service);
      awaitReachable(host, address);
      String user = "many" + service;
      List<Socket> streams = new ArrayList<>();
      try {
        for (int i = 0; i < MAX_STREAMS; i++) {
          Socks5.Stream stream = open(user, address, 80);
          streams.add(stream.socket());
          assertEquals(Socks5.SUCCEEDED, stream.reply(), subject + ": within the limit");
        }
        Socks5.Stream more = open(user, address, 80);
        streams.add(more.socket());
        seen.put(
            subject,
            "%s, the others work: %s"
                .formatted(
                    said(subject, more),
                    streams.subList(0, MAX_STREAMS).stream()
                        .map(CTorOnionTargetsIT::works)
                        .toList()));
      } finally {
        for (Socket stream : streams) {
          stream.close();
        }
      }
    }
    System.out.printf("%s: %s%n", service, seen.get(Subject.CTOR));
    assertEquals(seen.get(Subject.CTOR), seen.get(Subject.OURS));
  }
}
