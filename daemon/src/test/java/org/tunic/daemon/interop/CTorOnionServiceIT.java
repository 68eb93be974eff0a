package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Onion services of each subject and visitors of each subject meet in one network: a page and a
 * file of 64 MiB arrive intact. C tor with C tor comes first, as the proof of the test.
 *
 * <p>Threads: that of the test.
 */
@ExtendWith(SharedNetworks.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorOnionServiceIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  /** C tor fetches a descriptor again at the earliest after some seconds. */
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);

  private static final int PAGE_SECONDS = 20;
  private static final int FILE_SECONDS = 180;

  /** Warnings of C tor that say that a peer broke the protocol of onion services. */
  private static final List<String> COMPLAINTS =
      List.of("[warn] Unable to", "rendezvous cell", "[warn] Got ", "onion service descriptor");

  private final Map<Subject, TorNode> services = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);

  @BeforeAll
  void startServicesAndClients(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    int webPort = networks.web().port();
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      services.put(
          subject,
          network.startClient(
              "host" + subject.label(),
              subject,
              node ->
                  "HiddenServiceDir %s%nHiddenServicePort 80 127.0.0.1:%d%n"
                      .formatted(directory(node), webPort)));
      clients.put(subject, network.startClient("visitor" + subject.label(), subject));
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
            service ->
                Arrays.stream(Subject.values()).map(client -> Arguments.of(client, service)));
  }

  @ParameterizedTest(name = "{0} visits {1}")
  @MethodSource("pairs")
  void pageAndFile_throughOnionService_areIntact(
      Subject clientSubject, Subject serviceSubject, SharedNetworks networks) throws IOException {
    WebServer web = networks.web();
    TorNode client = clients.get(clientSubject);
    TorNode service = services.get(serviceSubject);
    String onion = Files.readString(directory(service).resolve("hostname")).strip();
    Await.until(
        "the page of an onion service",
        VISIT_LIMIT,
        () -> web.pageSha256().equals(fetch(client, onion, "page", PAGE_SECONDS).sha256()),
        () -> service.logTail() + client.logTail());
    Curl.Answer file = fetch(client, onion, "file", FILE_SECONDS);
    assertEquals(0, file.status(), () -> file.error() + service.logTail() + client.logTail());
    assertEquals(web.fileSha256(), file.sha256());
    System.out.printf(
        "%s visits %s: 64 MiB in %.1f s%n", clientSubject, serviceSubject, file.seconds());
    for (TorNode node : List.of(service, client)) {
      assertTrue(COMPLAINTS.stream().noneMatch(node.log("notice")::contains), node::logTail);
    }
  }

  private static Path directory(TorNode service) {
    return service.dataDirectory().resolveSibling("onion");
  }

  private static Curl.Answer fetch(TorNode client, String onion, String path, int seconds) {
    try {
      return Curl.fetch(client, "http://" + onion + "/" + path, seconds);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
