package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.router.circuit.CircuitNetwork;

/** What a service does when the network does not do its part. */
@Timeout(180)
final class HostedServiceTest {
  private final OnionNetwork network = new OnionNetwork();
  private final OnionNetwork.Node host = network.node(1);

  @AfterEach
  void close() {
    network.close();
  }

  private HostedService service(int introPoints, HsDirectories directories) {
    return new HostedService(
        HsIdKeypair.generate(host.random),
        new ServiceSettings(
            Map.of(80, List.of(VisitorStream::accept)),
            StreamRules.DEFAULT,
            introPoints,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false),
        new ServiceWorld(
            host.circuits,
            directories,
            network.network.flow,
            false,
            true,
            network.clock,
            host.random),
        Reception.Limits.DEFAULT);
  }

  private HostedService start(int introPoints) throws Exception {
    HostedService service = service(introPoints, network.directories());
    Thread.ofVirtual().start(service);
    service.published().get(30, TimeUnit.SECONDS);
    return service;
  }

  private long established() {
    return network.network.relays.stream()
        .mapToLong(CircuitNetwork.Node::introductionsEstablished)
        .sum();
  }

  /** Every point hangs up as soon as it is established, until none is tried for four seconds. */
  private void hangUpAlways(HostedService service, int most) {
    long before = established();
    long seen = before - 1;
    for (int quiet = 0; quiet < 400; quiet++) {
      if (established() > seen) {
        assertTrue(established() - before <= most, "more circuits than the budget has");
        seen = established();
        quiet = 0;
        LockSupport.parkNanos(200_000_000); // so that the service hears that it is established
        network.network.hangUpAll();
      }
      if (quiet % 100 == 99) {
        network.clock.advance(Duration.ofSeconds(5)); // one whose answer was lost waits
      }
      service.wake();
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void pointsThatEstablishAndHangUp_useUpTheBudget_andNoRelayIsTriedMoreOftenThanOnesLife()
      throws Exception {
    HostedService service = start(1);
    int budget = IntroductionLaunches.budget(1);
    hangUpAlways(service, budget - 1);
    for (CircuitNetwork.Node relay : network.network.relays) {
      assertTrue(relay.introductionsEstablished() <= IntroductionPoint.MAX_CIRCUITS);
    }
    long first = established();
    assertTrue(first > IntroductionPoint.MAX_CIRCUITS, "others take the place of those given up");
    network.clock.advance(IntroductionLaunches.PERIOD);
    for (int i = 0; i < 1000 && established() == first; i++) {
      network.clock.advance(Duration.ofMillis(20)); // one that fails is tried again in a second
      service.wake();
      LockSupport.parkNanos(10_000_000);
    }
    assertTrue(established() > first, "a new period has a new budget");
    service.close();
  }

  /**
   * C tor tries each again once a second, three times, and then takes others. Here a third of all
   * paths leads through a dead relay, too.
   */
  @Test
  void pointsKilledAllAtOnce_othersTakeTheirPlaceWithinAMinute() throws Exception {
    HostedService service = start(3);
    List<CircuitNetwork.Node> points =
        network.network.relays.stream().filter(r -> r.introductionsEstablished() > 0).toList();
    assertEquals(3, points.size());
    points.forEach(CircuitNetwork.Node::kill);
    int seconds = 0;
    while (livingPoints(points) < 3) {
      assertTrue(++seconds <= 60, "not within a minute");
      for (int i = 0; i < 20 && livingPoints(points) < 3; i++) {
        service.wake();
        LockSupport.parkNanos(50_000_000); // circuits are built in real time
      }
      network.clock.advance(Duration.ofSeconds(1));
    }
    service.close();
  }

  private long livingPoints(List<CircuitNetwork.Node> dead) {
    return network.network.relays.stream()
        .filter(relay -> !dead.contains(relay) && relay.introductionsEstablished() > 0)
        .count();
  }

  @Test
  void close_beforeItIsPublished_saysSo() throws Exception {
    HostedService service = service(1, network.directories());
    service.close();
    service.run();
    assertTrue(service.published().isCancelled());
  }

  @Test
  void eventThatFails_doesNotEndTheService() throws Exception {
    HostedService service = service(1, network.directories());
    service.tell(
        () -> {
          throw new IllegalStateException("made to fail");
        });
    Thread.ofVirtual().start(service);
    service.published().get(30, TimeUnit.SECONDS);
    service.close();
  }

  @Test
  void uploadThatFailsUnexpectedly_isTriedAgain() throws Exception {
    AtomicInteger uploads = new AtomicInteger();
    HostedService service =
        service(
            1,
            new HsDirectories(
                (_, _, _) -> {
                  uploads.incrementAndGet();
                  throw new IllegalStateException("made to fail");
                }));
    Thread.ofVirtual().start(service);
    for (int i = 0; i < 1000 && uploads.get() == 0; i++) {
      LockSupport.parkNanos(10_000_000);
    }
    LockSupport.parkNanos(500_000_000); // the others of this round
    int first = uploads.get();
    network.clock.advance(Duration.ofSeconds(2));
    service.wake();
    for (int i = 0; i < 1000 && uploads.get() == first; i++) {
      LockSupport.parkNanos(10_000_000);
    }
    assertTrue(uploads.get() > first);
    service.close();
  }
}
