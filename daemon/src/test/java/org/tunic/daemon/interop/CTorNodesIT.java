package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.daemon.metrics.Scrape;

/**
 * A client of each subject whose torrc names relays: its streams go over just these. Which relays
 * carried a download is seen at the relays: nothing else runs in the network that moves as much.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
class CTorNodesIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
  private static final int FILE_LIMIT_SECONDS = 120;
  private static final String READ = "tor_relay_traffic_bytes{direction=\"read\"}";

  @ParameterizedTest
  @EnumSource(Subject.class)
  void streams_ofClientThatNamesRelays_takeThese(Subject subject, SharedNetworks networks)
      throws Exception {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    String lines =
        """
        EntryNodes $%s
        MiddleNodes mid1
        ExitNodes 127.0.0.1:%d
        """
            .formatted(network.node("mid0").fingerprint(), network.node("exit0").ports().or());
    TorNode client = network.startClient("pinned" + subject.label(), subject, _ -> lines);
    try {
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      for (int i = 0; i < 2; i++) {
        assertEquals(Set.of("mid0", "mid1", "exit0"), carriers(network, client, networks.web()));
      }
      network.rewriteTorrc(
          client,
          """
          EntryNodes mid0
          ExitNodes relayctor
          MiddleNodes exit0
          MiddleNodes auth0
          """);
      hangUp(client);
      for (int i = 0; i < 2; i++) {
        Set<String> carriers = carriers(network, client, networks.web());
        assertTrue(
            carriers.equals(Set.of("mid0", "exit0", "relayctor"))
                || carriers.equals(Set.of("mid0", "auth0", "relayctor")),
            carriers.toString());
      }
    } finally {
      client.stop();
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void streams_ofClientThatExcludesRelays_avoidThese(Subject subject, SharedNetworks networks)
      throws Exception {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode client =
        network.startClient(
            "excluding" + subject.label(),
            subject,
            _ ->
                """
            ExcludeNodes auth0,$%s,auth2,127.0.0.1:%d
            ExcludeExitNodes relayctor,relayours
            NodeFamily mid1,exit0
            """
                    .formatted(
                        network.node("auth1").fingerprint(), network.node("mid0").ports().or()));
    try {
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      for (int i = 0; i < 2; i++) {
        // Only exit0 may be last, and mid1 is of its family.
        assertEquals(
            Set.of("relayctor", "relayours", "exit0"), carriers(network, client, networks.web()));
      }
    } finally {
      client.stop();
    }
  }

  /** Has a client read its torrc again, and waits until it did. */
  private static void hangUp(TorNode client) throws Exception {
    String said = "Received reload signal";
    int before = count(client, said);
    assertEquals(
        0,
        new ProcessBuilder("kill", "-HUP", Long.toString(client.pid())).start().waitFor(),
        "kill");
    Await.until(
        client.name() + " reloads",
        BOOTSTRAP_LIMIT,
        () -> count(client, said) > before,
        client::logTail);
    Await.pause(2000);
  }

  private static int count(TorNode client, String text) {
    return client.log("notice").split(text, -1).length - 1;
  }

  /** The relays that carried a file that the client fetches. */
  private static Set<String> carriers(TorNetwork network, TorNode client, WebServer web)
      throws IOException {
    List<TorNode> relays = network.nodes().stream().filter(node -> node.role().relays()).toList();
    Map<String, Double> before = new HashMap<>();
    for (TorNode relay : relays) {
      before.put(relay.name(), read(relay));
    }
    Curl.Answer file = Curl.fetch(client, web.fileUrl(), FILE_LIMIT_SECONDS);
    assertEquals(0, file.status(), () -> file.error() + client.logTail());
    assertEquals(web.fileSha256(), file.sha256(), "the file");
    Set<String> carriers = new TreeSet<>();
    for (TorNode relay : relays) {
      if (read(relay) - before.get(relay.name()) > WebServer.FILE_BYTES / 2.0) {
        carriers.add(relay.name());
      }
    }
    return carriers;
  }

  private static double read(TorNode relay) throws IOException {
    return Scrape.of(relay.ports().metrics()).value(READ);
  }
}
