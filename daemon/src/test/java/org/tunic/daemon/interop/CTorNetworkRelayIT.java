package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One relay of each subject in a network of C tor, in each seat of a circuit that C tor's client
 * builds over exactly named relays. Threads: that of the test.
 */
@OverSharedNetworks
class CTorNetworkRelayIT {
  /** Several voting intervals of 20 s and the time until a client fetches the next consensus. */
  private static final Duration LISTED_LIMIT = Duration.ofMinutes(2);

  /** The place of the relay under test in a circuit of three hops. */
  enum Seat {
    GUARD,
    MIDDLE,
    EXIT;

    TorNode[] path(TorNetwork network, TorNode relay) {
      TorNode middle = network.node("mid0");
      TorNode exit = network.node("exit0");
      return switch (this) {
        case GUARD -> new TorNode[] {relay, middle, exit};
        case MIDDLE -> new TorNode[] {middle, relay, exit};
        case EXIT -> new TorNode[] {middle, exit, relay};
      };
    }
  }

  static Stream<Arguments> subjectsAndSeats() {
    return Stream.of(Subject.values())
        .flatMap(subject -> Stream.of(Seat.values()).map(seat -> Arguments.of(subject, seat)));
  }

  @ParameterizedTest
  @MethodSource("subjectsAndSeats")
  void relay_inSeatOfCTorCircuit_carriesPageAndFileIntact(
      Subject subject, Seat seat, SharedNetworks networks) throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode relay = network.node(SharedNetworks.relayOf(subject));
    TorNode driver = network.node(SharedNetworks.DRIVER);
    try (ControlPort control = new ControlPort(driver)) {
      awaitKnown(network, control, relay);
      try (ControlPort.Pin pin = control.pin(1, seat.path(network, relay))) {
        Interop.assertPageAndFileIntact(driver, networks.web());
        assertEquals(2, pin.streams(), "streams on the circuit");
      }
    }
    assertTrue(relay.running(), relay.logTail());
  }

  private static void awaitKnown(TorNetwork network, ControlPort control, TorNode relay) {
    Await.until(
        relay.name() + " in the consensus",
        LISTED_LIMIT,
        () -> network.listed(relay),
        relay::logTail);
    relay.awaitDirectory(LISTED_LIMIT);
    Await.until(
        relay.name() + " known to the driving client",
        LISTED_LIMIT,
        () -> {
          try {
            return control.knows(relay);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        relay::logTail);
  }
}
