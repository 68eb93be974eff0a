package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The introduction points of a service are killed, one and then all at once, and it is reachable
 * again: C tor's service first, then ours. At the end the logs of our nodes are searched for what
 * must not be in them.
 *
 * <p>C tor may need five minutes when all points are gone, its period of attempts; so that part of
 * it is left to {@code ./verify --soak onion}.
 *
 * <p>The network has relays of both kinds. Its guards are the authorities, which for want of others
 * are in no other place, so that any introduction point may be killed.
 *
 * <p>{@code ONION_FAULTS} asks for more points killed one by one, as many as it says. Threads: that
 * of the test.
 */
@VotesInTime
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CTorOnionFaultsIT {
  private static final int MIDDLES = 20;
  private static final int POINTS = 3;
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(7);
  private static final int PAGE_SECONDS = 15;
  private static final long POLL_MILLIS = 500;

  private final Map<Subject, TorNode> hosts = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> visitors = new EnumMap<>(Subject.class);
  private final AtomicInteger visits = new AtomicInteger();
  private final List<AutoCloseable> open = new ArrayList<>();
  private WebServer web;
  private TorNetwork network;
  private OnionPoints points;

  @BeforeAll
  void start() throws IOException {
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
    }
    web = new WebServer();
    open.add(web);
    TorNetwork.Builder builder =
        TorNetwork.in(Interop.directory("onion-faults"))
            .authorities(3, Subject.CTOR)
            .guards("auth0,auth1,auth2")
            .stable()
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.OURS);
    for (int i = 1; i < MIDDLES; i++) {
      builder.node("mid" + i, Role.MIDDLE, Subject.CTOR);
    }
    network = builder.start();
    open.add(network);
    for (Subject subject : Subject.values()) {
      hosts.put(
          subject,
          network.startClient(
              "host" + subject.label(), subject, node -> OnionHost.lines(node, web)));
      visitors.put(subject, network.startClient("visitor" + subject.label(), subject));
    }
    for (Subject subject : Subject.values()) {
      hosts.get(subject).awaitBootstrapped(BOOTSTRAP_LIMIT);
      visitors.get(subject).awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
    ControlPort reader = new ControlPort(visitors.get(Subject.CTOR));
    open.add(reader);
    points = new OnionPoints(network, reader);
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private static int oneByOne() {
    String more = System.getenv("ONION_FAULTS");
    return more == null ? 1 : Integer.parseInt(more);
  }

  private static List<Subject> losingAll() {
    return System.getenv("ONION_FAULTS") == null
        ? List.of(Subject.OURS)
        : List.of(Subject.values());
  }

  @Order(1)
  @ParameterizedTest
  @EnumSource(Subject.class)
  void introductionPointsKilledOneByOne_serviceRecovers(Subject subject) throws IOException {
    TorNode host = hosts.get(subject);
    String onion = OnionHost.address(host);
    awaitPoints(host, onion, List.of());
    for (Subject visitor : Subject.values()) {
      awaitVisit(visitor, host, onion);
    }
    for (int i = 1; i <= oneByOne(); i++) {
      kill(subject, host, onion, "point " + i, awaitPoints(host, onion, List.of()).subList(0, 1));
    }
  }

  @Order(2)
  @ParameterizedTest
  @MethodSource("losingAll")
  void introductionPointsKilledAtOnce_serviceRecovers(Subject subject) throws IOException {
    TorNode host = hosts.get(subject);
    String onion = OnionHost.address(host);
    kill(subject, host, onion, "all points", awaitPoints(host, onion, List.of()));
  }

  /** Kills the victims, waits until everything is as before, and starts them again. */
  private void kill(Subject subject, TorNode host, String onion, String what, List<TorNode> victims)
      throws IOException {
    victims.forEach(victim -> victim.process().destroyForcibly());
    final long start = System.nanoTime();
    StringBuilder times = new StringBuilder();
    for (Subject visitor : Subject.values()) {
      awaitVisit(visitor, host, onion);
      times.append("%s's visitor is in after %.1f s, ".formatted(visitor, seconds(start)));
    }
    awaitPoints(host, onion, victims);
    System.out.printf(
        "%s's service, %s killed: %sdescriptor with %d living points after %.1f s%n",
        subject, what, times, POINTS, seconds(start));
    for (TorNode victim : victims) {
      victim.stop();
      network.startAgain(victim);
    }
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Waits for a descriptor with as many points as there should be, all alive. */
  private List<TorNode> awaitPoints(TorNode host, String onion, List<TorNode> dead) {
    List<TorNode> found = new ArrayList<>();
    Await.until(
        "a descriptor with living introduction points",
        RECOVERY_LIMIT,
        () -> {
          Await.pause(POLL_MILLIS);
          found.clear();
          found.addAll(points.of(onion));
          return new HashSet<>(found).size() == POINTS && found.stream().noneMatch(dead::contains);
        },
        () -> found + host.logTail() + visitors.get(Subject.CTOR).logTail());
    return found;
  }

  /** Waits for a page, on a circuit of its own for each attempt. */
  private void awaitVisit(Subject visitor, TorNode host, String onion) {
    TorNode client = visitors.get(visitor);
    Await.until(
        visitor + " visits",
        RECOVERY_LIMIT,
        () -> {
          try {
            String user = "visit" + visits.incrementAndGet();
            Curl.Answer page = Curl.fetch(client, user, "http://" + onion + "/page", PAGE_SECONDS);
            return web.pageSha256().equals(page.sha256());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> host.logTail() + client.logTail());
  }

  @Order(3)
  @Test
  void logsAtInfo_tellNoOnionAddressHostPathOrPeer() throws IOException {
    List<String> onions = new ArrayList<>();
    for (TorNode host : hosts.values()) {
      onions.add(OnionHost.address(host));
    }
    List<String> targets = List.of("127.0.0.1:" + web.port());
    TorNode other = network.node("mid1");
    for (TorNode node :
        List.of(hosts.get(Subject.OURS), visitors.get(Subject.OURS), network.node("mid0"))) {
      LogScan scan = new LogScan(node, network.nodes(), onions, targets);
      String log = log(node);
      assertFalse(log.isBlank(), node.name());
      assertEquals(List.of(), scan.findings(log), node.name());
      for (String control : LogScan.controls(other, onions.getFirst(), targets.getFirst())) {
        assertNotEquals(List.of(), scan.findings(log + control + "\n"), control);
      }
    }
    TorNode ctor = hosts.get(Subject.CTOR);
    LogScan scan = new LogScan(ctor, network.nodes(), onions, targets);
    assertNotEquals(List.of(), scan.findings(log(ctor)), "what C tor logs without SafeLogging");
  }

  private static String log(TorNode node) throws IOException {
    Path stdout = node.torrc().resolveSibling("stdout");
    return Files.readString(stdout) + node.log("notice") + node.log("info");
  }
}
