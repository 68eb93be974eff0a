package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Single onion services: HiddenServiceSingleHopMode and HiddenServiceNonAnonymousMode. C tor's says
 * how many hops its circuits to rendezvous points have. Of ours the kernel tells to whom its
 * process is connected: with the options it goes straight to the rendezvous point that C tor's
 * client chose; without them, in the same place, it does not.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorSingleOnionIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_SECONDS = 30;

  /** Visits until a rendezvous point is chosen that the service was not connected to anyway. */
  private static final int MOST_VISITS = 60;

  private static final int ENOUGH_MEETINGS = 8;

  /** The guards of the ordinary services here; C tor refuses to host with a single one. */
  private static final List<String> GUARDS = List.of("mid0", "mid1");

  private final Map<Subject, TorNode> single = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> ordinary = new EnumMap<>(Subject.class);
  private final Map<Subject, TorNode> clients = new EnumMap<>(Subject.class);

  @BeforeAll
  void start(SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    WebServer web = networks.web();
    for (Subject subject : Subject.values()) {
      Interop.require(subject);
      single.put(
          subject,
          network.startClient(
              "single" + subject.label(),
              subject,
              node -> {
                withoutSocks(node);
                return OnionHost.lines(node, web)
                    + """
                    HiddenServiceSingleHopMode 1
                    HiddenServiceNonAnonymousMode 1
                    """;
              }));
      ordinary.put(
          subject,
          network.startClient(
              "ordinary" + subject.label(),
              subject,
              node -> OnionHost.lines(node, web) + "EntryNodes mid0,mid1\n"));
      clients.put(subject, network.startClient("guest" + subject.label(), subject));
    }
    for (TorNode node : nodes()) {
      node.awaitBootstrapped(BOOTSTRAP_LIMIT);
    }
  }

  /** What is not anonymous may serve no client, says C tor. */
  private static void withoutSocks(TorNode node) {
    try {
      String torrc = Files.readString(node.torrc());
      Files.writeString(node.torrc(), torrc.replaceAll("(?m)^SocksPort 127.*$", "SocksPort 0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<TorNode> nodes() {
    return Stream.of(single, ordinary, clients).flatMap(map -> map.values().stream()).toList();
  }

  @AfterAll
  void stop() {
    nodes().forEach(TorNode::stop);
  }

  /** C tor's own words, for the proof of the test: its circuits to rendezvous points. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  void cTorsService_singleOnion_meetsOverOneHop_anotherOverMore(
      Subject clientSubject, SharedNetworks networks) throws IOException {
    TorNode client = clients.get(clientSubject);
    OnionHost.awaitPage(
        client, single.get(Subject.CTOR), networks.web(), VISIT_LIMIT, PAGE_SECONDS);
    OnionHost.awaitPage(
        client, ordinary.get(Subject.CTOR), networks.web(), VISIT_LIMIT, PAGE_SECONDS);
    for (int hops : hopsToRendezvous(single.get(Subject.CTOR))) {
      assertEquals(1, hops);
    }
    for (int hops : hopsToRendezvous(ordinary.get(Subject.CTOR))) {
      assertTrue(hops >= 3, () -> hops + " hops");
    }
  }

  private static List<Integer> hopsToRendezvous(TorNode service) throws IOException {
    try (ControlPort control = new ControlPort(service)) {
      List<ControlPort.Circuit> met = control.circuits("HS_SERVICE_REND");
      assertFalse(met.isEmpty());
      return met.stream().map(circuit -> circuit.path().size()).toList();
    }
  }

  /**
   * Wherever it meets visitors it is a neighbour. It soon is one of all relays here, introduction
   * points and directories among them; that the way to a rendezvous point has one hop, too, is
   * {@code ServiceCircuitsTest}'s.
   */
  @Test
  void ourService_singleOnion_goesStraightToRendezvousPoints(SharedNetworks networks)
      throws IOException {
    TorNode service = single.get(Subject.OURS);
    TorNode client = clients.get(Subject.CTOR);
    OnionHost.awaitPage(client, service, networks.web(), VISIT_LIMIT, PAGE_SECONDS);
    int meetings = 0;
    try (ControlPort control = new ControlPort(client)) {
      for (int i = 0; i < MOST_VISITS && meetings < ENOUGH_MEETINGS; i++) {
        Optional<TorNode> met = meet(control, service, networks);
        if (met.isPresent()) {
          meetings++;
          Set<Integer> peers = KernelTcp.peerPorts(service.pid());
          assertTrue(peers.contains(met.get().ports().or()), () -> met.get().name() + " " + peers);
        }
      }
    }
    assertEquals(ENOUGH_MEETINGS, meetings, service::logTail);
    OnionHost.awaitPage(
        clients.get(Subject.OURS), service, networks.web(), VISIT_LIMIT, PAGE_SECONDS);
  }

  /** The control: what the test above looks for is not there without the options. */
  @Test
  void ourService_ordinary_goesThereThroughItsGuard(SharedNetworks networks) throws IOException {
    TorNode service = ordinary.get(Subject.OURS);
    TorNode met =
        meetSomewhereNew(
                service,
                networks,
                relay -> relay.role() != Role.AUTHORITY && !GUARDS.contains(relay.name()))
            .orElseThrow(() -> new AssertionError(service.logTail()));
    Set<Integer> peers = KernelTcp.peerPorts(service.pid());
    assertFalse(peers.contains(met.ports().or()), () -> met.name() + " " + peers);
    TorNetwork network = networks.of(Subject.CTOR);
    assertTrue(
        GUARDS.stream().anyMatch(guard -> peers.contains(network.node(guard).ports().or())),
        peers::toString);
  }

  /**
   * Visits with C tor's client until it meets the service at a relay that the service had no
   * connection to.
   *
   * @param suits which relays tell something: not the guards, nor authorities, which may have been
   *     asked for the consensus
   * @return empty if it does not
   */
  private Optional<TorNode> meetSomewhereNew(
      TorNode service, SharedNetworks networks, Predicate<TorNode> suits) throws IOException {
    TorNode client = clients.get(Subject.CTOR);
    OnionHost.awaitPage(client, service, networks.web(), VISIT_LIMIT, PAGE_SECONDS);
    try (ControlPort control = new ControlPort(client)) {
      for (int i = 0; i < MOST_VISITS; i++) {
        Set<Integer> before = KernelTcp.peerPorts(service.pid());
        Optional<TorNode> met = meet(control, service, networks);
        if (met.isPresent() && suits.test(met.get()) && !before.contains(met.get().ports().or())) {
          return met;
        }
      }
    }
    return Optional.empty();
  }

  /** One visit of C tor's client; where it met the service, if the page came. */
  private Optional<TorNode> meet(ControlPort control, TorNode service, SharedNetworks networks)
      throws IOException {
    control.close("HS_CLIENT_REND");
    Curl.Answer answer =
        OnionHost.fetch(
            clients.get(Subject.CTOR),
            "visit" + System.nanoTime(),
            OnionHost.pageUrl(service),
            PAGE_SECONDS);
    if (!networks.web().pageSha256().equals(answer.sha256())) {
      return Optional.empty();
    }
    return control.circuits("HS_CLIENT_REND").stream()
        .filter(circuit -> circuit.line().contains("HS_STATE=HSCR_JOINED"))
        .map(circuit -> relay(networks, circuit.path()))
        .findFirst();
  }

  /** The relay before the service: the last one that C tor's client knows of the path. */
  private static TorNode relay(SharedNetworks networks, List<String> path) {
    try {
      return networks.of(Subject.CTOR).nodes().stream()
          .filter(node -> node.fingerprint().equals(path.getLast()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
