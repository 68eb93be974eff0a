package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connection padding between a client and its guard, of which one at least is C tor, in a network
 * whose consensus wants it often. What each side sends it says in its log.
 *
 * <p>A client is told its guard, and C tor's the whole path, so that the channel has a circuit.
 * Channels between relays are not padded, so a guard pads its clients only.
 *
 * <p>Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorPaddingIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int PAGE_LIMIT_SECONDS = 60;
  private static final int SILENT_MILLIS = 10_000;
  private static final String LEVEL = "debug";

  private @Nullable TorNetwork started;
  private @Nullable WebServer server;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    server = new WebServer();
    started =
        TorNetwork.in(Interop.directory("padding"))
            .logLevel(LEVEL)
            .authorityLine("ConsensusParams nf_ito_low=500 nf_ito_high=3000")
            .stable()
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node(SharedNetworks.relayOf(Subject.CTOR), Role.EXIT, Subject.CTOR)
            .node(SharedNetworks.relayOf(Subject.OURS), Role.EXIT, Subject.OURS)
            .start();
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

  static Stream<Arguments> clientsAndGuards() {
    return Stream.of(
        Arguments.of(Subject.CTOR, Subject.CTOR),
        Arguments.of(Subject.CTOR, Subject.OURS),
        Arguments.of(Subject.OURS, Subject.CTOR));
  }

  @ParameterizedTest
  @MethodSource("clientsAndGuards")
  void silentChannel_isPaddedByBothSides(Subject clientSubject, Subject guardSubject)
      throws IOException {
    TorNode guard = network().node(SharedNetworks.relayOf(guardSubject));
    TorNode client =
        network()
            .startClient(
                "p" + clientSubject.label() + guardSubject.label(),
                clientSubject,
                _ -> guardLine(guard));
    try (Closeable _ = use(client, guard)) {
      long before = sent(guard, "0".repeat(40));
      Await.until(
          "padding from " + client.name() + " and from " + guard.name(),
          LIMIT,
          () -> sent(client, guard.fingerprint()) > 0 && sent(guard, "0".repeat(40)) > before,
          client::logTail);
    } finally {
      client.stop();
    }
  }

  /** It tells the guard to be silent, and pads at its own pace, which is 9 s at least. */
  @ParameterizedTest
  @MethodSource("clientsAndGuards")
  void clientThatWantsLess_isNotPaddedByItsGuard(Subject clientSubject, Subject guardSubject)
      throws IOException {
    TorNode guard = network().node(SharedNetworks.relayOf(guardSubject));
    long stops = stopsTaken(guard);
    TorNode client =
        network()
            .startClient(
                "r" + clientSubject.label() + guardSubject.label(),
                clientSubject,
                _ -> guardLine(guard) + "ReducedConnectionPadding 1\n");
    try (Closeable _ = use(client, guard)) {
      Await.until(
          guard.name() + " told to stop", LIMIT, () -> stopsTaken(guard) > stops, guard::logTail);
      long before = sent(guard, "0".repeat(40));
      Await.pause(SILENT_MILLIS);
      assertEquals(before, sent(guard, "0".repeat(40)), "padding of the guard");
    } finally {
      client.stop();
    }
  }

  private static String guardLine(TorNode guard) {
    return "EntryNodes $" + guard.fingerprint() + "\n";
  }

  /** Sends a page over the channel, and keeps a circuit on it until it is closed. */
  private Closeable use(TorNode client, TorNode guard) throws IOException {
    client.awaitBootstrapped(LIMIT);
    if (client.subject() == Subject.OURS) {
      fetch(client);
      return () -> {};
    }
    ControlPort control = new ControlPort(client);
    var _ = control.pin(1, guard, network().node("mid0"), network().node("exit0"));
    fetch(client);
    return control::close;
  }

  private void fetch(TorNode client) throws IOException {
    Curl.Answer page =
        Curl.fetch(client, Objects.requireNonNull(server).pageUrl(), PAGE_LIMIT_SECONDS);
    assertEquals(0, page.status(), page.error());
  }

  /** PADDING cells that a node says it sent, C tor to this identity, which is 0 for a client. */
  private static long sent(TorNode node, String identity) {
    String line =
        node.subject() == Subject.CTOR
            ? "Sending netflow keepalive on \\d+ to .* \\(" + identity + "\\)"
            : "channel \\d+: padding";
    return count(node, line);
  }

  private static long stopsTaken(TorNode guard) {
    return count(
        guard,
        guard.subject() == Subject.CTOR
            ? "Negotiated padding=0"
            : "channel \\d+: PaddingNegotiate\\[version=0, action=1,");
  }

  private static long count(TorNode node, String line) {
    return Pattern.compile(line).matcher(node.log(LEVEL)).results().count();
  }

  private TorNetwork network() {
    return Objects.requireNonNull(started);
  }
}
