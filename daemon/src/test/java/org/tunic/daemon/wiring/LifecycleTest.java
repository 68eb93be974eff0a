package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.wiring.Lifecycle.Signal;

final class LifecycleTest {
  private static final Duration WAIT = Duration.ofSeconds(30);

  private final List<String> done = new ArrayList<>();
  private final BlockingQueue<Signal> signals = Lifecycle.inbox();
  private long nowNanos = -5;

  private Lifecycle lifecycle(Optional<Duration> wait, Duration heartbeat) {
    return new Lifecycle(
        signals,
        new Lifecycle.Actions(
            () -> done.add("reload"),
            () -> done.add("statistics"),
            () -> done.add("debug"),
            () -> done.add("heartbeat"),
            () -> done.add("stop accepting")),
        () -> new Lifecycle.Times(wait, heartbeat),
        () -> nowNanos);
  }

  @Test
  void term_ofARelay_endsAtOnce() {
    assertFalse(lifecycle(Optional.of(WAIT), Duration.ZERO).answer(Signal.TERM));
    assertEquals(List.of(), done);
  }

  @Test
  void interrupt_ofAClient_endsAtOnce() {
    assertFalse(lifecycle(Optional.empty(), Duration.ZERO).answer(Signal.INT));
    assertEquals(List.of(), done);
  }

  @Test
  void interrupt_ofARelay_waitsForTheWholeTime() {
    Lifecycle relay = lifecycle(Optional.of(WAIT), Duration.ZERO);
    assertTrue(relay.answer(Signal.INT));
    assertEquals(List.of("stop accepting"), done);
    nowNanos += WAIT.toNanos() - 1;
    assertTrue(relay.answer(null));
    nowNanos += 1;
    assertFalse(relay.answer(null));
  }

  @Test
  void interrupt_twice_endsAtOnce() {
    Lifecycle relay = lifecycle(Optional.of(WAIT), Duration.ZERO);
    assertTrue(relay.answer(Signal.INT));
    assertFalse(relay.answer(Signal.INT));
    assertEquals(List.of("stop accepting"), done);
  }

  @Test
  void otherSignals_whileStopping_areAnswered() {
    Lifecycle relay = lifecycle(Optional.of(WAIT), Duration.ZERO);
    relay.answer(Signal.INT);
    assertTrue(relay.answer(Signal.USR1));
    assertTrue(relay.answer(Signal.USR2));
    assertTrue(relay.answer(Signal.HUP));
    assertEquals(List.of("stop accepting", "statistics", "debug", "reload"), done);
  }

  @Test
  void run_answersInOrderAndBeats() throws InterruptedException {
    Lifecycle node = lifecycle(Optional.empty(), Duration.ofNanos(10));
    nowNanos += 10;
    signals.offer(Signal.USR1);
    signals.offer(Signal.HUP);
    signals.offer(Signal.TERM);
    node.run();
    assertEquals(List.of("heartbeat", "statistics", "reload"), done);
  }

  @Test
  void signal_beyondTheBound_isDropped() throws InterruptedException {
    Lifecycle node = lifecycle(Optional.empty(), Duration.ZERO);
    for (int i = 0; i < Lifecycle.MAX_WAITING - 1; i++) {
      signals.offer(Signal.USR1);
    }
    signals.offer(Signal.TERM);
    signals.offer(Signal.USR2);
    node.run();
    assertEquals(Lifecycle.MAX_WAITING - 1, done.size());
    assertFalse(done.contains("debug"));
  }
}
