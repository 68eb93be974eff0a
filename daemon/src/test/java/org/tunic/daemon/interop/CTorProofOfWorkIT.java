package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.daemon.metrics.Scrape;

/**
 * Whole visits with proof of work, all pairs of client and service; C tor with C tor comes first,
 * as the proof of the test.
 *
 * <p>A service suggests no effort at first, and C tor's looks at its queue every five minutes only.
 * What raises the effort here is that clients prove more of their own accord after introductions
 * that came to nothing. C tor's does when the circuit to an introduction point ends: the test ends
 * those, by its control port. Ours does when the service does not answer: the test stops the
 * service's process for so long.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorProofOfWorkIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_SECONDS = 20;

  /** For visits that are to fail at first. */
  private static final int PATIENT_SECONDS = 170;

  private static final int INTRO_POINTS = 3;

  /** C tor's client proves this much after one failure. */
  private static final int LEAST_EFFORT = 8;

  private static final Pattern FAILED = Pattern.compile("Failed v3 intro circ for service ");

  /** Of the introduction points at a time: two of three. */
  private static final int FAILURES = 2;

  private final Map<Subject, TorNode> services = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);

  @BeforeAll
  void start(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    WebServer web = networks.web();
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      services.put(
          subject,
          network.startClient(
              "puzzling" + subject.label(),
              subject,
              node ->
                  OnionHost.lines(node, web)
                      + """
                  HiddenServiceNumIntroductionPoints %d
                  HiddenServicePoWDefensesEnabled 1
                  HiddenServicePoWQueueRate 20
                  HiddenServicePoWQueueBurst 20
                  """
                          .formatted(INTRO_POINTS)));
      clients.put(subject, network.startClient("solver" + subject.label(), subject));
    }
    for (TorNode node : nodes()) {
      node.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
  }

  private List<TorNode> nodes() {
    return Stream.concat(services.values().stream(), clients.values().stream()).toList();
  }

  @AfterAll
  void stop() {
    nodes().forEach(TorNode::stop);
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(Subject.values())
        .flatMap(
            client ->
                Arrays.stream(Subject.values()).map(service -> Arguments.of(client, service)));
  }

  @ParameterizedTest(name = "{0} visits {1}")
  @MethodSource("pairs")
  void visit_withEffortAboveZero_bringsThePage(
      Subject clientSubject, Subject serviceSubject, SharedNetworks networks) throws Exception {
    TorNode client = clients.get(clientSubject);
    TorNode service = services.get(serviceSubject);
    String page = "http://" + OnionHost.address(service);
    WebServer web = networks.web();
    Await.until(
        "the page without proof of work",
        VISIT_LIMIT,
        () ->
            web.pageSha256()
                .equals(OnionHost.fetch(client, "first", page + "/page", PAGE_SECONDS).sha256()),
        () -> service.logTail() + client.logTail());
    Scrape before = Scrape.of(service.ports().metrics());
    int solvedBefore = efforts(client, SOLVED, 0).size();
    int takenBefore = efforts(service, TAKEN, 0).size();

    Curl.Answer answer =
        clientSubject == Subject.CTOR
            ? visitAfterFailedCircuits(client, service, page + "/page")
            : visitWhileServiceStands(client, service, page + "/page");
    assertEquals(0, answer.status(), () -> answer.error() + service.logTail() + client.logTail());
    assertEquals(web.pageSha256(), answer.sha256());

    List<Integer> solved = efforts(client, SOLVED, solvedBefore);
    List<Integer> taken = efforts(service, TAKEN, takenBefore);
    int most = taken.stream().mapToInt(Integer::intValue).max().orElse(0);
    assertTrue(most >= LEAST_EFFORT, () -> taken + service.logTail() + client.logTail());
    assertTrue(solved.contains(most), () -> solved + " " + taken);
    assertGrew(service, before, Scrape.of(service.ports().metrics()), web.pageBytes());
    System.out.printf("%s visits %s: efforts %s%n", clientSubject, serviceSubject, taken);
  }

  /**
   * Ends a few circuits to introduction points and lets the next visit pass, until that was made by
   * a point that had failed.
   */
  private static Curl.Answer visitAfterFailedCircuits(TorNode client, TorNode service, String url)
      throws Exception {
    int takenBefore = efforts(service, TAKEN, 0).size();
    AtomicReference<Curl.Answer> answer = new AtomicReference<>();
    try (ControlPort control = new ControlPort(client)) {
      // Circuits that are built on demand last long enough to be ended.
      control.set("__DisablePredictedCircuits=1");
      control.close("HS_VANGUARDS");
      control.close("GENERAL");
      Await.until(
          "the page with proof of work",
          VISIT_LIMIT,
          () -> {
            failIntroductions(client, control, url);
            answer.set(OnionHost.fetch(client, "again" + System.nanoTime(), url, PAGE_SECONDS));
            return answer.get().status() == 0
                && efforts(service, TAKEN, takenBefore).stream().anyMatch(e -> e >= LEAST_EFFORT);
          },
          () -> service.logTail() + client.logTail());
    }
    return answer.get();
  }

  private static void failIntroductions(TorNode client, ControlPort control, String url) {
    int before = count(FAILED, client);
    CompletableFuture<Curl.Answer> visit = fetchAsync(client, "failing" + before, url);
    while (count(FAILED, client) < before + FAILURES && !visit.isDone()) {
      try {
        control.close("HS_CLIENT_INTRO");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      Await.pause(1);
    }
  }

  private static int count(Pattern pattern, TorNode node) {
    return (int) pattern.matcher(node.log("info")).results().count();
  }

  /** Stops the service's process until the client has given up waiting for it and proves more. */
  private static Curl.Answer visitWhileServiceStands(TorNode client, TorNode service, String url)
      throws Exception {
    int before = efforts(client, SOLVED, 0).size();
    CompletableFuture<Curl.Answer> visit;
    signal(service, "STOP");
    try {
      visit = fetchAsync(client, "waiting", url);
      Await.until(
          "a puzzle being solved",
          VISIT_LIMIT,
          () -> efforts(client, SOLVED, before).size() > 0,
          client::logTail);
    } finally {
      signal(service, "CONT");
    }
    return visit.get(PATIENT_SECONDS, TimeUnit.SECONDS);
  }

  private static void signal(TorNode node, String name) throws IOException {
    Subject.Tools.run(
        node.dataDirectory(), "", List.of("kill", "-" + name, Long.toString(node.pid())));
  }

  // ---- what the nodes say of it

  /** A client's solution, or ours on its way to one. */
  private static final Map<Subject, Pattern> SOLVED =
      Map.of(
          Subject.CTOR,
          Pattern.compile("Proof of work solution \\(effort (\\d+)\\) found"),
          Subject.OURS,
          Pattern.compile("a puzzle of effort (\\d+)"));

  /** What a service verified and let wait its turn. */
  private static final Map<Subject, Pattern> TAKEN =
      Map.of(
          Subject.CTOR,
          Pattern.compile("Enqueued rendezvous request with effort: (\\d+)"),
          Subject.OURS,
          Pattern.compile("an introduction of effort (\\d+)"));

  /** The efforts in a node's log but for the first {@code from}. */
  private static List<Integer> efforts(TorNode node, Map<Subject, Pattern> wanted, int from) {
    return wanted
        .get(node.subject())
        .matcher(node.log("info"))
        .results()
        .skip(from)
        .map(result -> Integer.valueOf(result.group(1)))
        .toList();
  }

  private static void assertGrew(TorNode service, Scrape before, Scrape after, int bytes)
      throws IOException {
    String label = "{onion=\"" + OnionHost.address(service).replace(".onion", "") + "\"}";
    for (String name :
        List.of(
            "tor_hs_intro_num_total",
            "tor_hs_rdv_num_total",
            "tor_hs_rend_circ_build_time_count")) {
      assertTrue(after.value(name + label) > before.value(name + label), name);
    }
    // C tor has as many for each of two descriptors, we have them for both.
    assertTrue(after.value("tor_hs_intro_established_count" + label) >= INTRO_POINTS);
    assertTrue(after.value("tor_hs_rdv_established_count" + label) > 0);
    String port = label.replace("}", ",port=\"80\"}");
    String written = "tor_hs_app_write_bytes_total" + port;
    String read = "tor_hs_app_read_bytes_total" + port;
    assertTrue(after.value(written) > before.value(written), written);
    assertTrue(after.value(read) >= before.value(read) + bytes, read);
  }

  // ---- helpers

  private static CompletableFuture<Curl.Answer> fetchAsync(
      TorNode client, String user, String url) {
    return CompletableFuture.supplyAsync(() -> OnionHost.fetch(client, user, url, PATIENT_SECONDS));
  }
}
