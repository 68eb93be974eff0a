package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.service.ServicePurpose;

/** How long a rendezvous point may keep a service waiting. */
final class IntroductionTest {
  private final Introductions make = new Introductions();

  /** Building one circuit alone may take longer than this test. */
  @Test
  @Timeout(15)
  void meet_silentRendezvousPoint_endsWhenItsTimeIsOver() {
    try (OnionNetwork network = new OnionNetwork()) {
      network.network.strangersAreSilent = true;
      OnionNetwork.Node host = network.node(1);
      HsCounters counters = new HsCounters();
      Instant begun = make.now;
      Instant nearlyOver = begun.plus(Introduction.MAX_TIME).minusMillis(500);
      Queue<Instant> times = new ArrayDeque<>(List.of(begun, nearlyOver));
      CircuitFailedException failure =
          assertThrows(
              CircuitFailedException.class,
              () ->
                  make.opened()
                      .meet(
                          new ServiceWorld(
                              host.circuits,
                              network.directories(),
                              network.network.flow,
                              false,
                              true,
                              () ->
                                  times.isEmpty()
                                      ? begun.plus(Duration.ofMinutes(1))
                                      : times.remove(),
                              host.random),
                          counters,
                          ServicePurpose.SERVICE_RENDEZVOUS,
                          _ -> null));
      assertEquals(DestroyReason.TIMEOUT, failure.reason());
      assertEquals(1, counters.failedMeetings(HsCounters.MeetingError.RP_CONN_FAILURE));
      network.network.hangUpAll();
    }
  }
}
