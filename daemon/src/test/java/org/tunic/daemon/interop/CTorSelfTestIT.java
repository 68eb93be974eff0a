package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Relays of each subject that do not assume that they are reachable, in a network of C tor.
 *
 * <p>Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CTorSelfTestIT {
  /** C tor tests when it has built a circuit, and else once a minute. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final Duration KEPT_BACK = Duration.ofSeconds(15);
  private static final String TESTS = "Now checking whether IPv4 ORPort";
  private static final String FOUND = "is reachable from the outside. Excellent.";

  private @Nullable TorNetwork started;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    started =
        TorNetwork.in(Interop.directory("self-test"))
            .stable()
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("mid1", Role.MIDDLE, Subject.CTOR)
            .votingInterval(20)
            .start();
  }

  @AfterAll
  void stop() throws IOException {
    if (started != null) {
      started.close();
    }
  }

  private TorNetwork network() {
    return Objects.requireNonNull(started);
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void relay_thatOthersReach_publishesThen(Subject subject) throws IOException {
    TorNode relay =
        network()
            .startRelay(
                "tested" + subject.label(), subject, (torrc, _) -> withoutAssumption(torrc));
    try {
      Await.until(
          "it is reached", LIMIT, () -> relay.log("notice").contains(FOUND), relay::logTail);
      assertTrue(relay.log("notice").contains(TESTS), relay::logTail);
      Await.until("an authority has it", LIMIT, () -> isKnown(relay), relay::logTail);
    } finally {
      relay.stop();
    }
  }

  /** It names a port at which nobody listens. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  void relay_thatNobodyReaches_publishesNothing(Subject subject) throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    TorNode relay =
        network()
            .startRelay(
                "hidden" + subject.label(),
                subject,
                (torrc, orPort) ->
                    withoutAssumption(torrc)
                        .replace(
                            "ORPort " + orPort + " IPv4Only",
                            "ORPort %s IPv4Only NoAdvertise\nORPort 127.0.0.1:%d IPv4Only NoListen"
                                .formatted(orPort, closed)));
    try {
      Await.until("it tests", LIMIT, () -> relay.log("notice").contains(TESTS), relay::logTail);
      Await.pause(KEPT_BACK.toMillis());
      assertFalse(relay.log("notice").contains(FOUND), relay::logTail);
      assertFalse(isKnown(relay), relay::logTail);
    } finally {
      relay.stop();
    }
  }

  private static String withoutAssumption(String torrc) {
    return torrc.replace("AssumeReachable 1", "AssumeReachable 0");
  }

  private boolean isKnown(TorNode relay) {
    return network()
        .get(network().node("auth0"), "/tor/server/fp/" + relay.fingerprint())
        .contains("router ");
  }
}
