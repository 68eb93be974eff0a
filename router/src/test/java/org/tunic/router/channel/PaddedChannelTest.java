package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.PaddingNegotiate;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;
import org.tunic.testing.SeededRandom;

/** Padding cells of an open channel, on a clock of the test's own. */
class PaddedChannelTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicReference<PaddingRules> client = new AtomicReference<>(PaddingRules.CLIENT);
  private final CellCounters sent = new CellCounters();
  private final CellCounters sentByRelay = new CellCounters();
  private InMemoryLink link = link();

  private InMemoryLink link() {
    return InMemoryLink.pumped(
        end(sent, client::get),
        end(
            sentByRelay,
            () ->
                new PaddingRules(
                    PaddingParameters.DEFAULT,
                    PaddingRules.Wish.AUTO,
                    false,
                    true,
                    PaddingRules.DEFAULT_KEEPALIVE)));
  }

  private InMemoryLink.End end(
      CellCounters counters, java.util.function.Supplier<PaddingRules> rules) {
    return new InMemoryLink.End(
        null,
        new ChannelSettings(
            null, counters, new NodeLimits(QueueRules.bounded(1000)), rules, nanos::get),
        new LoopContexts(new SeededRandom(1), nanos::get));
  }

  @BeforeEach
  void freeze() {
    ((EmbeddedChannel) link.initiatorSocket()).freezeTime();
  }

  @AfterEach
  void close() {
    link.close();
  }

  private static long padding(CellCounters counters) {
    return counters.written(CellCounters.Kind.of(0));
  }

  /** Lets seconds pass as the manager does: one question a second at each end. */
  private void pass(int seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      if (i % 10 == 0) {
        link.initiator().pad();
        link.responder().pad();
      }
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
      ((EmbeddedChannel) link.initiatorSocket()).advanceTimeBy(100, TimeUnit.MILLISECONDS);
      ((EmbeddedChannel) link.initiatorSocket()).runScheduledPendingTasks();
      link.pump();
    }
  }

  @Test
  void aSilentChannel_withAFullCircuit_isPadded() {
    pass(60);
    assertEquals(0, padding(sent));
    link.initiator().carriesFullCircuit();
    pass(95);
    long cells = padding(sent);
    assertTrue(cells >= 10 && cells <= 64, cells + " cells in 95 s of 1.5 to 9.5 s each");
  }

  @Test
  void aBusyChannel_isNotPadded() {
    link.initiator().carriesFullCircuit();
    for (int i = 0; i < 60; i++) {
      link.initiator().send(1, new CreateFast(Bytes.copyOf(new byte[20])));
      link.pump();
      pass(1);
    }
    assertEquals(0, padding(sent));
  }

  @Test
  void traffic_onOneHop_isNoReason() {
    link.initiator().carriesTraffic(true);
    pass(60);
    assertEquals(0, padding(sent));
  }

  @Test
  void reducedPadding_silencesTheRelay() {
    link.close();
    client.set(
        new PaddingRules(
            PaddingParameters.DEFAULT,
            PaddingRules.Wish.AUTO,
            true,
            false,
            PaddingRules.DEFAULT_KEEPALIVE));
    link = link();
    freeze();
    link.pump();
    assertEquals(
        1, sent.written(CellCounters.Kind.of(new PaddingNegotiate(0, 1, 0, 0).command().code())));
    link.initiator().carriesFullCircuit();
    link.responder().carriesTraffic(false);
    pass(120);
    assertEquals(0, padding(sentByRelay));
    assertTrue(padding(sent) >= 8 && padding(sent) <= 14, padding(sent) + " cells in 120 s");
  }

  @Test
  void aChannelWithoutUse_isKeptAliveOnceInAPeriod() {
    client.set(
        new PaddingRules(
            PaddingParameters.DEFAULT,
            PaddingRules.Wish.NEVER,
            false,
            false,
            Duration.ofSeconds(20)));
    pass(70);
    assertEquals(3, padding(sent));
  }

  @Test
  void aChannelWithoutCircuits_isIdleAfterItsTime() {
    link.initiator().drawIdleTimeout(Duration.ofSeconds(10));
    assertTrue(!link.initiator().isIdle(nanos.get() + TimeUnit.SECONDS.toNanos(9)));
    assertTrue(link.initiator().isIdle(nanos.get() + TimeUnit.SECONDS.toNanos(16)));
  }
}
