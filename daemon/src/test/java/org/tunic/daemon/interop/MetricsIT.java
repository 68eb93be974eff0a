package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.daemon.metrics.Scrape;

/** The numbers of a relay's MetricsPort after a page came through it. Threads: that of the test. */
@OverSharedNetworks
class MetricsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_LIMIT_SECONDS = 60;

  @ParameterizedTest
  @EnumSource(Subject.class)
  void numbers_ofAnExit_grow(Subject subject, SharedNetworks networks) throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode relay = network.node(SharedNetworks.relayOf(subject));
    TorNode driver = network.node(SharedNetworks.DRIVER);
    try (ControlPort control = new ControlPort(driver)) {
      Await.until(
          relay.name() + " known to the driving client",
          LIMIT,
          () -> knows(control, relay),
          relay::logTail);
      Scrape before = Scrape.of(relay.ports().metrics());
      try (ControlPort.Pin pin =
          control.pin(1, network.node("mid0"), network.node("mid1"), relay)) {
        Curl.Answer page = Curl.fetch(driver, networks.web().pageUrl(), PAGE_LIMIT_SECONDS);
        assertEquals(0, page.status(), page.error());
        assertEquals(1, pin.streams());
      }
      Await.until(
          "the consensus with " + relay.name(),
          LIMIT,
          () -> scrape(relay).value("tor_relay_flag{type=\"Running\"}") == 1,
          relay::logTail);
      Scrape after = scrape(relay);
      assertGrows(before, after, "tor_relay_streams_total{type=\"BEGIN\"}", 1);
      assertGrows(
          before,
          after,
          "tor_relay_connections_total{direction=\"initiated\",family=\"ipv4\","
              + "state=\"created\",type=\"Exit\"}",
          1);
      assertGrows(before, after, "tor_relay_traffic_bytes{direction=\"written\"}", 1000);
      assertGrows(before, after, "tor_relay_traffic_bytes{direction=\"read\"}", 1000);
      assertTrue(
          after.value(
                  "tor_relay_connections_total{direction=\"received\",family=\"ipv4\","
                      + "state=\"created\",type=\"OR\"}")
              > 0);
      assertTrue(
          after.value(
                  "tor_relay_connections{direction=\"initiated\",family=\"ipv4\","
                      + "state=\"opened\",type=\"OR listener\"}")
              == 1);
      assertTrue(after.value("tor_relay_load_socket_total{state=\"opened\"}") > 2);
      assertEquals(1, after.value("tor_relay_flag{type=\"Exit\"}"));
      assertEquals(0, after.value("tor_bug_reached_count"));
    }
  }

  private static void assertGrows(Scrape before, Scrape after, String sample, double least) {
    double growth = after.value(sample) - before.value(sample);
    assertTrue(growth >= least, sample + " grew by " + growth);
  }

  private static Scrape scrape(TorNode relay) {
    try {
      return Scrape.of(relay.ports().metrics());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean knows(ControlPort control, TorNode relay) {
    try {
      return control.knows(relay);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
