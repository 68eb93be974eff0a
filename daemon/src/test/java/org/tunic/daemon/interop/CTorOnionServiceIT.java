package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.OnionKeyDirectory;
import org.tunic.testing.SeededRandom;

/**
 * Onion services of each subject and visitors of each subject meet in one network: a page and a
 * file of 64 MiB arrive intact. C tor with C tor comes first, as the proof of the test.
 *
 * <p>Each host has three services: one for everybody, one for the visitors alone, who have a key
 * for it, and one at a socket of the file system. The driver of the network has no key.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CTorOnionServiceIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  /** C tor fetches a descriptor again at the earliest after some seconds. */
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);

  private static final int PAGE_SECONDS = 20;
  private static final int FILE_SECONDS = 180;
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Warnings of C tor that say that a peer broke the protocol of onion services. */
  private static final List<String> COMPLAINTS =
      List.of("[warn] Unable to", "rendezvous cell", "[warn] Got ", "onion service descriptor");

  private final Map<Subject, TorNode> services = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);
  private final SeededRandom random = new SeededRandom(System.nanoTime());
  private final HsClientKeypair visitorKey = HsClientKeypair.generate(random);
  private final Map<Subject, UnixServer> unixServers = new EnumMap<>(Subject.class);
  private Path sockets = Path.of("/");
  private final Map<Subject, HsIdKeypair> closedServices = new EnumMap<>(Subject.class);

  @BeforeAll
  void startServicesAndClients(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    int webPort = networks.web().port();
    sockets = Files.createTempDirectory("onion");
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      closedServices.put(subject, HsIdKeypair.generate(random));
      unixServers.put(subject, new UnixServer(socket(subject)));
    }
    for (Subject subject : Subject.values()) {
      services.put(
          subject,
          network.startClient(
              "host" + subject.label(), subject, node -> hostLines(node, subject, webPort)));
      clients.put(
          subject, network.startClient("visitor" + subject.label(), subject, this::visitorLines));
    }
    for (TorNode node : nodes()) {
      node.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
  }

  private String hostLines(TorNode node, Subject subject, int webPort) {
    try {
      OnionKeyDirectory.create(closed(node), closedServices.get(subject));
      Path members = Files.createDirectory(closed(node).resolve("authorized_clients"), OWNER_ONLY);
      Files.writeString(members.resolve("visitor.auth"), visitorKey.publicKey().authFile() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (KeystoreException e) {
      throw new AssertionError(e);
    }
    return """
        HiddenServiceDir %s
        HiddenServicePort 80 127.0.0.1:%d
        HiddenServiceDir %s
        HiddenServicePort 80 127.0.0.1:%d
        HiddenServiceDir %s
        HiddenServicePort 80 unix:%s
        HiddenServiceExportCircuitID haproxy
        """
        .formatted(open(node), webPort, closed(node), webPort, proxied(node), socket(subject));
  }

  private String visitorLines(TorNode node) {
    Path keys = node.dataDirectory().resolveSibling("keys");
    try {
      Files.createDirectory(keys, OWNER_ONLY);
      for (Map.Entry<Subject, HsIdKeypair> service : closedServices.entrySet()) {
        Files.writeString(
            keys.resolve(service.getKey().label() + ".auth_private"),
            visitorKey.privateFile(service.getValue().id()) + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "ClientOnionAuthDir %s%n".formatted(keys);
  }

  private List<TorNode> nodes() {
    return Stream.concat(services.values().stream(), clients.values().stream()).toList();
  }

  @AfterAll
  void stop() throws IOException {
    nodes().forEach(TorNode::stop);
    for (Subject subject : unixServers.keySet()) {
      unixServers.get(subject).close();
      Files.deleteIfExists(socket(subject));
    }
    Files.deleteIfExists(sockets);
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(Subject.values())
        .flatMap(
            service ->
                Arrays.stream(Subject.values()).map(client -> Arguments.of(client, service)));
  }

  @Order(1)
  @ParameterizedTest(name = "{0} visits {1}")
  @MethodSource("pairs")
  void pageAndFile_throughOnionService_areIntact(
      Subject clientSubject, Subject serviceSubject, SharedNetworks networks) throws IOException {
    WebServer web = networks.web();
    TorNode client = clients.get(clientSubject);
    TorNode service = services.get(serviceSubject);
    String onion = hostname(open(service));
    awaitPage(client, service, onion, web);
    Curl.Answer file = fetch(client, onion, "file", FILE_SECONDS);
    assertEquals(0, file.status(), () -> file.error() + service.logTail() + client.logTail());
    assertEquals(web.fileSha256(), file.sha256());
    System.out.printf(
        "%s visits %s: 64 MiB in %.1f s%n", clientSubject, serviceSubject, file.seconds());
    assertNoComplaint(client, service);
  }

  @Order(2)
  @ParameterizedTest(name = "{0} has a key for {1}")
  @MethodSource("pairs")
  void authorisedClient_isLetIn(
      Subject clientSubject, Subject serviceSubject, SharedNetworks networks) throws IOException {
    TorNode client = clients.get(clientSubject);
    TorNode service = services.get(serviceSubject);
    awaitPage(client, service, hostname(closed(service)), networks.web());
    assertNoComplaint(client, service);
  }

  @Order(3)
  @ParameterizedTest
  @EnumSource(Subject.class)
  void clientWithoutKey_isNotLetIn(Subject serviceSubject, SharedNetworks networks)
      throws IOException {
    TorNode stranger = networks.of(Subject.CTOR).node(SharedNetworks.DRIVER);
    TorNode service = services.get(serviceSubject);
    awaitPage(stranger, service, hostname(open(service)), networks.web());
    Curl.Answer answer = fetch(stranger, hostname(closed(service)), "page", PAGE_SECONDS);
    assertNotEquals(0, answer.status());
  }

  @Order(4)
  @ParameterizedTest
  @EnumSource(Subject.class)
  void unixTarget_isToldTheCircuitByTheProxyProtocol(Subject serviceSubject) throws Exception {
    TorNode client = clients.get(Subject.OURS);
    TorNode service = services.get(serviceSubject);
    String onion = hostname(proxied(service));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(UnixServer.PAGE.getBytes(UTF_8));
    Await.until(
        "the page at a socket of the file system",
        VISIT_LIMIT,
        () ->
            HexFormat.of()
                .formatHex(digest)
                .equals(fetch(client, onion, "page", PAGE_SECONDS).sha256()),
        () -> service.logTail() + client.logTail());
    String line = unixServers.get(serviceSubject).firstLines().getFirst();
    assertTrue(
        line.matches("PROXY TCP6 fc00:dead:beef:4dad::[0-9a-f]+:[0-9a-f]+ ::1 [0-9]+ 80"), line);
  }

  @Order(5)
  @Test
  void restartedService_hasTheSameAddress_andIsFoundByThoseWhoKnewIt(SharedNetworks networks)
      throws IOException {
    TorNode service = services.get(Subject.OURS);
    String onion = hostname(open(service));
    service.stop();
    networks.of(Subject.CTOR).startAgain(service);
    for (TorNode client : clients.values()) {
      awaitPage(client, service, onion, networks.web());
    }
    assertEquals(onion, hostname(open(service)));
  }

  /**
   * The hops of their own, which C tor's relays have to extend to; and the file they are kept in.
   */
  @Order(6)
  @Test
  void serviceWithFullVanguards_isFound_andKeepsThemOverARestart(SharedNetworks networks)
      throws IOException {
    TorNode service = services.get(Subject.OURS);
    String onion = hostname(open(service));
    service.stop();
    assertEquals(List.of(), vanguards(service), "none without the option");
    Files.writeString(service.torrc(), "FullVanguards 1\n", StandardOpenOption.APPEND);
    networks.of(Subject.CTOR).startAgain(service);
    awaitPage(clients.get(Subject.CTOR), service, onion, networks.web());
    service.stop();
    List<String> kept = vanguards(service);
    assertEquals(4, kept.stream().filter(line -> line.contains("layer=2")).count(), kept::toString);
    networks.of(Subject.CTOR).startAgain(service);
    awaitPage(clients.get(Subject.OURS), service, onion, networks.web());
    service.stop();
    // Those of the third layer may be over by now: an hour is the least.
    assertEquals(secondLayer(kept), secondLayer(vanguards(service)));
  }

  private static List<String> secondLayer(List<String> lines) {
    return lines.stream().filter(line -> line.contains("layer=2")).toList();
  }

  private static List<String> vanguards(TorNode node) throws IOException {
    return Files.readAllLines(node.dataDirectory().resolve("state")).stream()
        .filter(line -> line.startsWith("Vanguard "))
        .toList();
  }

  private static void awaitPage(TorNode client, TorNode service, String onion, WebServer web) {
    Await.until(
        "the page of an onion service",
        VISIT_LIMIT,
        () -> web.pageSha256().equals(fetch(client, onion, "page", PAGE_SECONDS).sha256()),
        () -> service.logTail() + client.logTail());
  }

  private static void assertNoComplaint(TorNode... nodes) {
    for (TorNode node : nodes) {
      assertTrue(COMPLAINTS.stream().noneMatch(node.log("notice")::contains), node::logTail);
    }
  }

  /** The HiddenServiceDir of the service for everybody. */
  private static Path open(TorNode service) {
    return service.dataDirectory().resolveSibling("onion");
  }

  /** That of the service for those who have a key. */
  private static Path closed(TorNode service) {
    return service.dataDirectory().resolveSibling("closed");
  }

  /** That of the service at a socket of the file system. */
  private static Path proxied(TorNode service) {
    return service.dataDirectory().resolveSibling("proxied");
  }

  /** Short: the path of a socket has at most 107 bytes. */
  private Path socket(Subject subject) {
    return sockets.resolve(subject.label());
  }

  private static String hostname(Path directory) throws IOException {
    return Files.readString(directory.resolve("hostname")).strip();
  }

  private static Curl.Answer fetch(TorNode client, String onion, String path, int seconds) {
    try {
      return Curl.fetch(client, "http://" + onion + "/" + path, seconds);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
