package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * C tor's onion service and C tor's client meet in a network in which every relay is of one
 * subject: its relays are the directories, introduction points and rendezvous points, and pad the
 * client's circuits. Threads: that of the test.
 */
@OverSharedNetworks
class CTorOnionRelaysIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  /** A descriptor is fetched again at the earliest after some seconds, if it was not there yet. */
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);

  private static final int PAGE_SECONDS = 20;
  private static final int FILE_SECONDS = 180;

  /** Warnings of C tor that say that a peer broke the protocol of onion services. */
  private static final List<String> COMPLAINTS =
      List.of(
          "[warn] Unable to",
          "rendezvous cell",
          "[warn] Got ",
          "onion service descriptor",
          "did not accept our padding request",
          "Padding negotiated cell",
          "PADDING_NEGOTIATED cell");

  /**
   * What C tor's client says of padding: the machines it asked for, cells, the end of the first.
   */
  private static final List<String> PADDED =
      List.of(
          "Registering machine client_ip_circ to origin circ",
          "Registering machine client_rp_circ to origin circ",
          "Got padding cell on origin circuit",
          "Received STOP command on PADDING_NEGOTIATED");

  @ParameterizedTest
  @EnumSource(Subject.class)
  void ctorServiceAndClient_meetOverRelaysOfSubject(Subject subject, SharedNetworks networks)
      throws IOException {
    TorNetwork network = networks.of(subject);
    WebServer web = networks.web();
    TorNode service =
        network.startClient("onionhost", Subject.CTOR, node -> OnionHost.lines(node, web));
    TorNode client = network.startClient("onionvisitor", Subject.CTOR);
    try {
      service.awaitBootstrapped(BOOTSTRAP_LIMIT);
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      OnionHost.awaitPage(client, service, web, VISIT_LIMIT, PAGE_SECONDS);
      Await.until(
          "both circuits padded by their second hops",
          BOOTSTRAP_LIMIT,
          () -> PADDED.stream().allMatch(client.log("info")::contains),
          client::logTail);
      Curl.Answer file = OnionHost.fetch(client, "", OnionHost.fileUrl(service), FILE_SECONDS);
      assertEquals(0, file.status(), file.error());
      assertEquals(web.fileSha256(), file.sha256());
      for (TorNode node : List.of(service, client)) {
        assertTrue(
            COMPLAINTS.stream().noneMatch(node.log("notice")::contains), () -> node.logTail());
      }
    } finally {
      service.stop();
      client.stop();
    }
  }
}
