package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.daemon.metrics.Scrape;

/**
 * A network of C tor whose relays have an OR port on ::1 besides that on 127.0.0.1, with a relay of
 * each subject, for authorities, for clients that use no IPv4, and for circuits that go on.
 *
 * <p>Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorIpv6IT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_LIMIT_SECONDS = 60;
  private static final String RECEIVED_OVER_IPV6 =
      "tor_relay_connections_total{direction=\"received\",family=\"ipv6\","
          + "state=\"created\",type=\"OR\"}";

  private @Nullable TorNetwork started;
  private @Nullable WebServer server;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    Interop.requireIpv6();
    server = new WebServer();
    TorNetwork.Builder builder =
        TorNetwork.in(Interop.directory("ipv6"))
            .ipv6()
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR);
    for (Subject subject : Subject.values()) {
      builder.guest(SharedNetworks.relayOf(subject), Role.EXIT, subject);
    }
    started = builder.start();
  }

  @AfterAll
  void stop() throws IOException {
    if (started != null) {
      started.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private TorNetwork network() {
    return Objects.requireNonNull(started);
  }

  private WebServer web() {
    return Objects.requireNonNull(server);
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void ipv6OrPort_ofTheDescriptor_isFoundReachableAndInTheConsensus(Subject subject) {
    TorNode relay = network().node(SharedNetworks.relayOf(subject));
    Await.until(
        "an a line of " + relay.name(),
        LIMIT,
        () -> entry(relay).contains("a [::1]:" + relay.ports().or()),
        relay::logTail);
  }

  /** A client that may use no IPv4 has no other way to its guard. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  void ctorClient_withoutIpv4_comesOverTheIpv6OrPort(Subject subject) throws IOException {
    TorNode relay = known(subject);
    final double before = Scrape.of(relay.ports().metrics()).value(RECEIVED_OVER_IPV6);
    TorNode client =
        network()
            .startClient(
                "only6" + subject.label(), Subject.CTOR, _ -> "ClientUseIPv4 0\nClientUseIPv6 1\n");
    try {
      client.awaitBootstrapped(LIMIT);
      try (ControlPort control = new ControlPort(client);
          ControlPort.Pin pin =
              control.pin(1, relay, network().node("mid0"), network().node("exit0"))) {
        Curl.Answer page = Curl.fetch(client, web().pageUrl(), PAGE_LIMIT_SECONDS);
        assertEquals(0, page.status(), page.error());
        assertEquals(1, pin.streams());
      }
      double came = Scrape.of(relay.ports().metrics()).value(RECEIVED_OVER_IPV6) - before;
      assertTrue(came >= 1, "connections over IPv6: " + came);
    } finally {
      client.stop();
    }
  }

  /** With both families at hand everything works as before. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  void client_withBothFamilies_fetches(Subject subject) throws IOException {
    TorNode client = network().startClient("both" + subject.label(), subject);
    try {
      client.awaitBootstrapped(LIMIT);
      Curl.Answer page = Curl.fetch(client, web().pageUrl(), PAGE_LIMIT_SECONDS);
      assertEquals(0, page.status(), page.error());
    } finally {
      client.stop();
    }
  }

  private TorNode known(Subject subject) {
    TorNode relay = network().node(SharedNetworks.relayOf(subject));
    Await.until(
        relay.name() + " with its IPv6 OR port in the consensus",
        LIMIT,
        () -> entry(relay).contains("a [::1]:" + relay.ports().or()),
        relay::logTail);
    relay.awaitDirectory(LIMIT);
    return relay;
  }

  /** The lines of the consensus about a relay after its r line. */
  private List<String> entry(TorNode relay) {
    Stream<String> lines = network().consensus().lines();
    return lines
        .dropWhile(line -> !line.startsWith("r " + relay.name() + " "))
        .skip(1)
        .takeWhile(line -> !line.startsWith("r "))
        .toList();
  }
}
