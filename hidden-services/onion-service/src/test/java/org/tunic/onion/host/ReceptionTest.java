package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;

/** What visitors can make a service keep, and what it does with the rest. */
@Timeout(120)
final class ReceptionTest {
  private static final Duration DIRTINESS = Duration.ofMinutes(10);

  private final OnionNetwork network = new OnionNetwork();
  private final OnionNetwork.Node host = network.node(1);
  private final OnionNetwork.Node visitor = network.node(2);

  /** Streams that came to an end at the service. */
  private final AtomicInteger ended = new AtomicInteger();

  @AfterEach
  void close() {
    network.close();
  }

  private void accept(VisitorStream stream) {
    stream.accept().closeFuture().addListener(_ -> ended.incrementAndGet());
  }

  private ServiceWorld world() {
    return new ServiceWorld(
        host.circuits,
        network.directories(),
        network.network.flow,
        false,
        true,
        network.clock,
        host.random);
  }

  private HostedService start(Reception.Limits limits) throws Exception {
    HostedService service =
        new HostedService(
            HsIdKeypair.generate(host.random),
            ServiceSettings.of(Map.of(80, List.of(this::accept))),
            world(),
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
    HostedService service = start(new Reception.Limits(64, 1024, 2, 8, DIRTINESS));
    Channel first = dial(service, 1).get(30, TimeUnit.SECONDS);
    dial(service, 2).get(30, TimeUnit.SECONDS);
    CompletableFuture<? extends Channel> third = dial(service, 3);
    await(() -> service.counters().droppedIntroductions() == 1);
    assertFalse(third.isDone());
    assertEquals(2, service.counters().meetings());
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
    HostedService service = start(new Reception.Limits(0, 1024, 2, 8, DIRTINESS));
    dial(service, 1);
    await(() -> service.counters().droppedIntroductions() == 1);
    assertEquals(0, service.counters().meetings());
    service.close();
  }

  @Test
  void visitors_full_theLongestIdleOneMakesRoom() throws Exception {
    HostedService service = start(new Reception.Limits(64, 1024, 2, 8, DIRTINESS));
    dial(service, 1).get(30, TimeUnit.SECONDS).close();
    await(() -> ended.get() == 1);
    network.clock.advance(Duration.ofSeconds(1));
    Channel second = dial(service, 2).get(30, TimeUnit.SECONDS);
    Channel third = dial(service, 3).get(30, TimeUnit.SECONDS);
    assertEquals(2, service.visitors());
    assertTrue(second.isActive());
    assertTrue(third.isActive());
    service.close();
  }

  @Test
  void visitor_withoutStreamsForMaxCircuitDirtiness_isClosed_notBefore() throws Exception {
    HostedService service = start(new Reception.Limits(64, 1024, 2, 8, DIRTINESS));
    Channel stream = dial(service, 1).get(30, TimeUnit.SECONDS);
    network.clock.advance(DIRTINESS.plusSeconds(1));
    service.wake();
    LockSupport.parkNanos(500_000_000);
    assertTrue(stream.isActive(), "a circuit with a stream is kept");
    stream.close();
    await(() -> ended.get() == 1);
    network.clock.advance(DIRTINESS.minusSeconds(1));
    service.wake();
    LockSupport.parkNanos(500_000_000);
    assertEquals(1, service.visitors());
    network.clock.advance(Duration.ofMinutes(1));
    service.wake();
    await(() -> service.visitors() == 0);
    service.close();
  }

  /** As when the service's own server hangs: each of them would cost a socket. */
  @Test
  void streamsThatNobodyAnswers_oneTooMany_isRefused_andThereIsRoomOnceOneIsAnswered()
      throws Exception {
    List<VisitorStream> hanging = new CopyOnWriteArrayList<>();
    HostedService service =
        new HostedService(
            HsIdKeypair.generate(host.random),
            ServiceSettings.of(Map.of(80, List.of(hanging::add))),
            world(),
            new Reception.Limits(64, 1024, 4, 3, DIRTINESS));
    Thread.ofVirtual().start(service);
    service.published().get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 3; i++) {
      dial(service, i % 2);
    }
    await(() -> hanging.size() == 3);
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> dial(service, 0).get(30, TimeUnit.SECONDS));
    assertEquals(
        EndReason.RESOURCELIMIT,
        assertInstanceOf(StreamEndedException.class, refused.getCause()).reason());
    VisitorStream first = hanging.getFirst();
    first.loop().execute(() -> first.refuse(EndReason.CONNECTREFUSED));
    await(
        () -> {
          dial(service, 0);
          return hanging.size() == 4;
        });
    service.close();
  }

  /** Whoever recorded an introduction must not make us build circuits with it. */
  @Test
  void introductionThatIsReplayedOrTamperedWith_isCounted_andNobodyIsMet() {
    Introductions make = new Introductions();
    HsCounters counters = new HsCounters();
    IntroductionPoint point = make.point(ConsensusParameters.DEFAULTS);
    try (Reception reception =
        new Reception(
            world(),
            counters,
            () -> ServiceSettings.of(Map.of(80, List.of(VisitorStream::accept))),
            () -> {},
            new Reception.Limits(64, 1024, 4, 8, DIRTINESS))) {
      reception.use(
          new Reception.Keys(List.of(make.subcredential), List.of()),
          null,
          null,
          network.clock.instant());
      Relay there = network.view().relays().getFirst();
      RendezvousCookie cookie = RendezvousCookie.generate(make.random);
      Introduce2 good = make.introduction(point, cookie, there);
      reception.onIntroduction(point, good);
      await(() -> counters.meetings() == 1);
      reception.onIntroduction(point, good);
      await(() -> counters.refusedIntroductions() == 1);
      // The same cookie, sealed anew: a client that repeats itself at another point.
      reception.onIntroduction(point, make.introduction(point, cookie, there));
      await(() -> counters.refusedIntroductions() == 2);
      byte[] bad = good.encrypted().toArray();
      bad[bad.length / 2] ^= 1;
      reception.onIntroduction(
          point, new Introduce2(good.authKey(), good.extensions(), Bytes.copyOf(bad)));
      await(() -> counters.refusedIntroductions() == 3);
      assertEquals(1, counters.introductions());
      assertEquals(1, counters.meetings());
      for (HsCounters.MeetingError why : HsCounters.MeetingError.values()) {
        assertEquals(0, counters.failedMeetings(why));
      }
    }
  }

  /** Each of them keeps us waiting for as long as it may. */
  @Test
  void rendezvousPointsThatNeverAnswer_doNotKeepOthersOut() throws Exception {
    Introductions make = new Introductions();
    HsCounters counters = new HsCounters();
    IntroductionPoint point = make.point(ConsensusParameters.DEFAULTS);
    network.network.strangersAreSilent = true;
    Instant now = network.clock.instant();
    try (Reception reception =
        new Reception(
            world(),
            counters,
            () -> ServiceSettings.of(Map.of(80, List.of(VisitorStream::accept))),
            () -> {},
            new Reception.Limits(1024, 1024, 4096, 8, DIRTINESS))) {
      reception.use(new Reception.Keys(List.of(make.subcredential), List.of()), null, null, now);
      Relay silent = make.relay("203.0.113.77");
      for (int i = 0; i < 150; i++) {
        reception.onIntroduction(
            point, make.introduction(point, RendezvousCookie.generate(make.random), silent));
      }
      await(() -> counters.introductions() == 150 && reception.queue().isEmpty());
      Relay there = network.view().relays().getFirst();
      reception.onIntroduction(
          point, make.introduction(point, RendezvousCookie.generate(make.random), there));
      await(() -> counters.meetings() == 1);
      network.network.hangUpAll();
    }
  }
}
