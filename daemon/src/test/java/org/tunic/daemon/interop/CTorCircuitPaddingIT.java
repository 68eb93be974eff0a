package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Visitors of an onion service have their introduction and rendezvous circuits padded by C tor's
 * relays, which say so in their logs; C tor's visitor first, as the proof of the test. How our
 * relays pad for C tor's visitors is in {@link CTorOnionRelaysIT}.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorCircuitPaddingIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** A descriptor is fetched again at the earliest after some seconds, if it was not there yet. */
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);

  private static final int PAGE_SECONDS = 20;
  private static final String INTRODUCTION = "Registering machine relay_ip_circ";
  private static final String RENDEZVOUS = "Registering machine relay_rp_circ";
  private static final String PADDING = "Callback: Sending padding to circuit";

  private @Nullable TorNode started;

  @BeforeAll
  void startService(SharedNetworks networks) throws IOException {
    WebServer web = networks.web();
    TorNode node =
        networks
            .of(Subject.CTOR)
            .startClient("paddinghost", Subject.CTOR, host -> OnionHost.lines(host, web));
    started = node;
    node.awaitBootstrapped(LIMIT);
  }

  @AfterAll
  void stopService() {
    if (started != null) {
      started.stop();
    }
  }

  @ParameterizedTest(name = "{0}, CircuitPadding {1}")
  @CsvSource({"CTOR, 1", "OURS, 1", "OURS, 0"})
  void visit_hasBothCircuitsPadded_ifItWants(Subject subject, int wanted, SharedNetworks networks)
      throws IOException {
    TorNetwork network = networks.of(Subject.CTOR);
    WebServer web = networks.web();
    TorNode service = Objects.requireNonNull(started);
    long introductions = said(network, INTRODUCTION);
    long rendezvous = said(network, RENDEZVOUS);
    long padding = said(network, PADDING);
    // All second hops are C tor's, whose logs we read.
    TorNode visitor =
        network.startClient(
            "padded" + subject.label() + wanted,
            subject,
            _ ->
                "ExcludeNodes $%s%nCircuitPadding %d%n"
                    .formatted(
                        network.node(SharedNetworks.relayOf(Subject.OURS)).fingerprint(), wanted));
    try {
      visitor.awaitBootstrapped(LIMIT);
      OnionHost.awaitPage(visitor, service, web, VISIT_LIMIT, PAGE_SECONDS);
      if (wanted == 0) {
        assertEquals(introductions, said(network, INTRODUCTION));
        assertEquals(rendezvous, said(network, RENDEZVOUS));
        return;
      }
      Await.until(
          "both machines, and their cells, at C tor's relays",
          LIMIT,
          () ->
              said(network, INTRODUCTION) > introductions
                  && said(network, RENDEZVOUS) > rendezvous
                  && said(network, PADDING) >= padding + 8,
          () ->
              "%d %d %d%n"
                      .formatted(
                          said(network, INTRODUCTION) - introductions,
                          said(network, RENDEZVOUS) - rendezvous,
                          said(network, PADDING) - padding)
                  + visitor.logTail());
    } finally {
      visitor.stop();
    }
  }

  /** How often C tor's relays have said it. */
  private static long said(TorNetwork network, String text) {
    return List.of("auth0", "auth1", "auth2", "exit0", "mid0", "mid1", "relayctor").stream()
        .map(name -> network.node(name).log("info"))
        .mapToLong(log -> log.lines().filter(line -> line.contains(text)).count())
        .sum();
  }
}
