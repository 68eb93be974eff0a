package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.daemon.metrics.Scrape;

/**
 * Services of each subject that can answer one introduction a second, and a crowd that makes more.
 * When they look at their queues, after five minutes, they ask for effort, and clients that come
 * then prove it. C tor's service comes first, as the proof of the test.
 *
 * <p>Takes seven minutes and is no part of {@code ./verify}, but of its stage {@code onionflood}.
 * Threads: that of the test; each of the crowd has its own.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CTorSuggestedEffortSoak {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  /** They look every five minutes, and a first look may find the queue short. */
  private static final Duration RISE_LIMIT = Duration.ofMinutes(12);

  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_SECONDS = 20;

  /** Of them so many want each service at a time. */
  private static final int CROWD = 24;

  private static final Pattern CTOR_SOLVED =
      Pattern.compile("Proof of work solution \\(effort (\\d+)\\) found");
  private static final Pattern OUR_PUZZLE = Pattern.compile("a puzzle of effort (\\d+)");

  private final Map<Subject, TorNode> services = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);
  private final AtomicBoolean over = new AtomicBoolean();
  private final ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeAll
  void start(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    WebServer web = networks.web();
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      services.put(
          subject,
          network.startClient(
              "besieged" + subject.label(),
              subject,
              node ->
                  OnionHost.lines(node, web)
                      + """
                  HiddenServicePoWDefensesEnabled 1
                  HiddenServicePoWQueueRate 1
                  HiddenServicePoWQueueBurst 1
                  """));
    }
    TorNode crowded = network.startClient("crowd", Subject.CTOR);
    for (TorNode node : Stream.concat(services.values().stream(), Stream.of(crowded)).toList()) {
      node.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
    for (TorNode service : services.values()) {
      for (int i = 0; i < CROWD; i++) {
        crowd.submit(() -> keepVisiting(crowded, service));
      }
    }
  }

  private void keepVisiting(TorNode client, TorNode service) {
    while (!over.get()) {
      OnionHost.fetch(
          client, "visitor" + System.nanoTime(), OnionHost.pageUrl(service), PAGE_SECONDS);
    }
  }

  @AfterAll
  void stop() throws InterruptedException {
    over.set(true);
    crowd.shutdown();
    assertTrue(crowd.awaitTermination(2, TimeUnit.MINUTES));
    Stream.concat(services.values().stream(), clients.values().stream()).forEach(TorNode::stop);
  }

  @Order(1)
  @ParameterizedTest
  @EnumSource(Subject.class)
  void suggestedEffort_underLoad_rises(Subject serviceSubject) {
    TorNode service = services.get(serviceSubject);
    Await.until(
        "a suggested effort above 0",
        RISE_LIMIT,
        () -> suggestedEffort(service) > 0,
        service::logTail);
    System.out.printf("%s suggests effort %d%n", serviceSubject, suggestedEffort(service));
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(Subject.values())
        .flatMap(
            client ->
                Arrays.stream(Subject.values()).map(service -> Arguments.of(client, service)));
  }

  /** A client that did not know the descriptor before. */
  @Order(2)
  @ParameterizedTest(name = "{0} visits {1}")
  @MethodSource("pairs")
  void newClient_provesTheSuggestedEffort_andIsLetIn(
      Subject clientSubject, Subject serviceSubject, SharedNetworks networks) throws IOException {
    TorNode client = clients.get(clientSubject);
    if (client == null) {
      client = networks.of(Subject.CTOR).startClient("late" + clientSubject, clientSubject);
      clients.put(clientSubject, client);
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
    TorNode service = services.get(serviceSubject);
    TorNode visitor = client;
    int before = efforts(visitor).size();
    Await.until(
        "the page",
        VISIT_LIMIT,
        () ->
            sha256(networks)
                .equals(
                    OnionHost.fetch(
                            visitor,
                            "late" + System.nanoTime(),
                            OnionHost.pageUrl(service),
                            PAGE_SECONDS)
                        .sha256()),
        () -> service.logTail() + visitor.logTail());
    List<Integer> efforts = efforts(visitor);
    assertTrue(efforts.size() > before, visitor::logTail);
    System.out.printf("%s visits %s: efforts %s%n", clientSubject, serviceSubject, efforts);
  }

  private static String sha256(SharedNetworks networks) {
    try {
      return networks.web().pageSha256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long suggestedEffort(TorNode service) {
    try {
      String onion = OnionHost.address(service).replace(".onion", "");
      return (long)
          Scrape.of(service.ports().metrics())
              .value("tor_hs_pow_suggested_effort{onion=\"" + onion + "\"}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> efforts(TorNode client) {
    Pattern pattern = client.subject() == Subject.CTOR ? CTOR_SOLVED : OUR_PUZZLE;
    return pattern
        .matcher(client.log("info"))
        .results()
        .map(result -> Integer.valueOf(result.group(1)))
        .toList();
  }
}
