package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs that use a client tell nobody but its guards and the directory where they go. Client and
 * programs are alone in a network namespace, whose every packet is written down; the private
 * network, a web server and a name server stand outside. Each program is also run without the
 * client, and then the name it asks for must be in the packets: else the log would prove nothing.
 *
 * <p>Relays that may be guards, and authorities, are the only ones a client has reason to talk to:
 * the exits are neither.
 *
 * <p>Needs root, iproute2, tcpdump, torsocks and chromium. Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CTorLeakIT {
  private static final String NAME = "page.leak.example";
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final int FETCH_LIMIT_SECONDS = 60;
  private static final int CONTROL_LIMIT_SECONDS = 45;

  /** A program, with and without the client. */
  private enum Program {
    TORSOCKS {
      @Override
      List<String> command(Ports ports, Path home, String url) {
        List<String> all =
            new ArrayList<>(List.of("torsocks", "-a", "127.0.0.1", "-P", "" + ports.socks()));
        all.addAll(withoutProxy(home, url));
        return all;
      }
    },
    CURL {
      @Override
      List<String> command(Ports ports, Path home, String url) {
        return List.of("curl", "-q", "-sS", "--socks5-hostname", "127.0.0.1:" + ports.socks(), url);
      }
    },
    CURL_BY_HTTP_TUNNEL {
      @Override
      List<String> command(Ports ports, Path home, String url) {
        return List.of(
            "curl", "-q", "-sS", "--proxytunnel", "-x", "http://127.0.0.1:" + ports.http(), url);
      }
    },
    CHROMIUM {
      @Override
      List<String> command(Ports ports, Path home, String url) {
        List<String> all = new ArrayList<>(withoutProxy(home, url));
        all.add(1, "--proxy-server=socks5://127.0.0.1:" + ports.socks());
        return all;
      }

      @Override
      List<String> withoutProxy(Path home, String url) {
        return List.of(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + home.resolve("profile"),
            "--dump-dom",
            url);
      }
    };

    abstract List<String> command(Ports ports, Path home, String url);

    List<String> withoutProxy(Path home, String url) {
      return List.of("curl", "-q", "-sS", url);
    }
  }

  /** Where the client listens, on loopback of the namespace. */
  private record Ports(int socks, int http) {}

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);
  private final Path dir = Interop.directory("leak-programs");
  private TorNetwork network;
  private ClientNamespace namespace;
  private WebServer web;

  @BeforeAll
  void start() throws Exception {
    Interop.require(Subject.CTOR);
    for (String program : List.of("torsocks", "chromium", "tcpdump")) {
      Interop.requireProgram(program, "--version");
    }
    Interop.requireProgram("ip", "-V");
    Files.createDirectories(dir);
    Interop.requireProgram("ip", "netns", "add", "tunic-leak-probe");
    Interop.requireProgram("ip", "netns", "del", "tunic-leak-probe");
    namespace = ClientNamespace.make(dir, 0);
    open.add(namespace);
    InetAddress outside = InetAddress.ofLiteral(namespace.outside());
    web = new WebServer(outside);
    open.add(web);
    open.add(new OneNameServer(outside, NAME, outside));
    Path resolvConf = dir.resolve("resolv.conf");
    Files.writeString(resolvConf, "nameserver " + namespace.outside() + "\n");
    network =
        TorNetwork.in(Interop.directory("leak"))
            .address(namespace.outside())
            .relayLine("ServerDNSResolvConfFile " + resolvConf)
            .guards("mid0,mid1,auth0,auth1,auth2")
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("exit1", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("mid1", Role.MIDDLE, Subject.CTOR)
            .start();
    open.add(network);
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CTOR, TORSOCKS",
    "CTOR, CURL",
    "CTOR, CURL_BY_HTTP_TUNNEL",
    "CTOR, CHROMIUM",
    "OURS, TORSOCKS",
    "OURS, CURL",
    "OURS, CURL_BY_HTTP_TUNNEL",
    "OURS, CHROMIUM",
  })
  void program_throughTheClient_tellsNobodyWhereItGoes(Subject subject, Program program)
      throws Exception {
    Interop.require(subject);
    TorNode client = client(subject);
    String url = "http://" + NAME + ":" + web.port() + "/page";
    Path home = Files.createTempDirectory(dir, "home");

    String label = program + "-" + subject.label();
    PacketLog control = PacketLog.start(dir, label + "-control", namespace);
    try (control) {
      run(program.withoutProxy(home, url), home, CONTROL_LIMIT_SECONDS);
    }
    assertTrue(
        control.lookups().stream().anyMatch(packet -> packet.contains(NAME)),
        "the control run of " + program + " did not look up the name: " + control.lookups());

    int before = web.requests();
    PacketLog log = PacketLog.start(dir, label, namespace);
    String page;
    try (log) {
      page =
          run(
              program.command(
                  new Ports(client.ports().socks(), client.ports().dir()),
                  Files.createTempDirectory(dir, "home"),
                  url),
              home,
              FETCH_LIMIT_SECONDS);
    }
    assertTrue(page.contains("a page of"), program + " said: " + page + client.logTail());
    assertEquals(1, web.requests() - before, "requests that reached the server");
    assertEquals(List.of(), log.lookups(), "look-ups in the namespace of the client");
    Set<String> others = log.contacted();
    assertFalse(others.isEmpty(), "not even a guard was contacted: the log saw nothing");
    others.removeAll(guardsAndDirectories());
    assertEquals(Set.of(), others, "neither guards nor directories");
  }

  private TorNode client(Subject subject) throws IOException {
    TorNode client = clients.get(subject);
    if (client == null) {
      client = network.startClient("client-" + subject.label(), subject, namespace.enter());
      clients.put(subject, client);
    }
    client.awaitBootstrapped(BOOTSTRAP_LIMIT);
    return client;
  }

  private Set<String> guardsAndDirectories() {
    Set<String> all = new TreeSet<>();
    for (TorNode node : network.nodes()) {
      if (node.role() == Role.AUTHORITY || node.role() == Role.MIDDLE) {
        all.add(namespace.outside() + ":" + node.ports().or());
        all.add(namespace.outside() + ":" + node.ports().dir());
      }
    }
    return all;
  }

  private String run(List<String> command, Path home, int limitSeconds)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(namespace.enter());
    all.addAll(List.of("timeout", "-k", "2", Integer.toString(limitSeconds)));
    all.addAll(command);
    Path said = Files.createTempFile(dir, "said", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    Process process = builder.start();
    if (!process.waitFor(limitSeconds + 10L, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readString(said, UTF_8);
  }
}
