package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.stream.socks.IsolationKey;

/** What visitors can make a service keep, and what it does with the rest. */
@Timeout(120)
final class ReceptionTest {
  private final OnionNetwork network = new OnionNetwork();
  private final OnionNetwork.Node host = network.node(1);
  private final OnionNetwork.Node visitor = network.node(2);
  private final HsCounters counters = new HsCounters();

  @AfterEach
  void close() {
    network.close();
  }

  private HostedService start(Reception.Limits limits) throws Exception {
    HostedService service =
        new HostedService(
            HsIdKeypair.generate(host.random),
            ServiceSettings.of(Map.of(80, List.of(VisitorStream::accept))),
            new ServiceWorld(
                host.circuits,
                network.directories(),
                network.network.flow,
                false,
                true,
                network.clock,
                host.random,
                counters),
            limits);
    Thread.ofVirtual().start(service);
    service.published().get(30, TimeUnit.SECONDS);
    return service;
  }

  private CompletableFuture<? extends Channel> dial(HostedService service, int key) {
    return visitor.client.dial(service.id(), 80, IsolationKey.ofGroup(key));
  }

  private static void await(BooleanSupplier condition) {
    for (int i = 0; i < 3000 && !condition.getAsBoolean(); i++) {
      LockSupport.parkNanos(10_000_000);
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void visitors_oneTooMany_isNotMet_andThereIsRoomWhenOneLeaves() throws Exception {
    HostedService service = start(new Reception.Limits(64, 2));
    Channel first = dial(service, 1).get(30, TimeUnit.SECONDS);
    dial(service, 2).get(30, TimeUnit.SECONDS);
    CompletableFuture<? extends Channel> third = dial(service, 3);
    await(() -> counters.droppedIntroductions() == 1);
    assertFalse(third.isDone());
    assertEquals(2, counters.meetings());
    visitor.client.close();
    first.closeFuture().get(20, TimeUnit.SECONDS);
    await(() -> service.visitors() == 0);
    OnionNetwork.Node another = network.node(3);
    assertTrue(
        another
            .client
            .dial(service.id(), 80, IsolationKey.ofGroup(1))
            .get(30, TimeUnit.SECONDS)
            .isActive());
    service.close();
  }

  @Test
  void introductions_moreAtOnceThanAreOpened_areDropped() throws Exception {
    HostedService service = start(new Reception.Limits(0, 2));
    dial(service, 1);
    await(() -> counters.droppedIntroductions() == 1);
    assertEquals(0, counters.meetings());
    service.close();
  }
}
