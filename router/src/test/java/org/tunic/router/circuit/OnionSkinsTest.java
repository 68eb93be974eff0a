package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.router.limits.HandshakeKind;
import org.tunic.router.limits.LimitCounters;

/** The rules of the onion-skin queue, with threads that wait for the test. */
@Timeout(20)
final class OnionSkinsTest {
  private static final int THREADS = 2;

  private final AtomicLong nanos = new AtomicLong();
  private final LimitCounters counters = new LimitCounters();
  private final CountDownLatch hold = new CountDownLatch(1);
  private OnionQueueRules rules =
      new OnionQueueRules(Duration.ofMillis(40), Duration.ofSeconds(5), THREADS);
  private final OnionSkins skins = new OnionSkins(1, () -> rules, counters, nanos::get);

  private final class Skin implements OnionSkins.Job {
    final CountDownLatch running = new CountDownLatch(1);
    final CountDownLatch answered = new CountDownLatch(1);
    final CountDownLatch givenUp = new CountDownLatch(1);

    @Override
    public boolean answer() {
      running.countDown();
      try {
        hold.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      answered.countDown();
      return true;
    }

    @Override
    public void giveUp() {
      givenUp.countDown();
    }
  }

  @AfterEach
  void close() {
    hold.countDown();
    skins.close();
  }

  private Skin submit() {
    Skin skin = new Skin();
    assertTrue(skins.submit(HandshakeKind.NTOR, true, skin));
    return skin;
  }

  private void keepThreadsBusy() throws InterruptedException {
    for (int i = 0; i < THREADS; i++) {
      submit().running.await();
    }
  }

  @Test
  void submit_whileThoseThatWaitAreQuick_isTaken() throws Exception {
    keepThreadsBusy();
    // Half of 81 × 1 ms is as long as may be waited; 80 wait when the last one comes.
    for (int i = 0; i < 81; i++) {
      submit();
    }
    assertEquals(81, skins.waiting());
    assertFalse(skins.submit(HandshakeKind.NTOR, true, new Skin()));
    assertEquals(1, counters.onionSkinsDropped(HandshakeKind.NTOR));
    assertEquals(THREADS, counters.onionSkinsProcessed(HandshakeKind.NTOR));
    assertEquals(THREADS + 82, counters.onionSkinsRequested(HandshakeKind.NTOR));
  }

  @Test
  void submit_belowFifty_isTakenWhateverTheEstimate() throws Exception {
    rules = new OnionQueueRules(Duration.ofMillis(1), Duration.ofSeconds(5), THREADS);
    keepThreadsBusy();
    for (int i = 0; i < OnionSkins.ALWAYS_ROOM; i++) {
      submit();
    }
    assertFalse(skins.submit(HandshakeKind.NTOR, true, new Skin()));
  }

  @Test
  void submit_ofClient_isNotCounted() throws Exception {
    Skin skin = new Skin();
    assertTrue(skins.submit(HandshakeKind.NTOR, false, skin));
    skin.running.await();
    assertEquals(0, counters.onionSkinsRequested(HandshakeKind.NTOR));
    assertEquals(0, counters.onionSkinsProcessed(HandshakeKind.NTOR));
  }

  @Test
  void queued_forLongerThanTheCutoff_isGivenUpWhenTheNextComes() throws Exception {
    keepThreadsBusy();
    Skin first = submit();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
    Skin second = submit();
    assertEquals(1, first.givenUp.getCount());
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    submit();
    assertEquals(0, first.givenUp.getCount());
    assertEquals(1, second.givenUp.getCount());
    assertEquals(2, skins.waiting());
  }

  @Test
  void cancelled_leavesTheQueueAndIsNotAnswered() throws Exception {
    keepThreadsBusy();
    Skin first = submit();
    Skin second = submit();
    skins.cancel(first);
    assertEquals(1, skins.waiting());
    hold.countDown();
    second.answered.await();
    assertEquals(1, first.running.getCount());
  }

  @Test
  void queue_isAnsweredInOrder_onceThreadsAreFree() throws Exception {
    keepThreadsBusy();
    List<Skin> waiting = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      waiting.add(submit());
    }
    hold.countDown();
    for (Skin skin : waiting) {
      skin.answered.await();
    }
    assertEquals(0, skins.waiting());
    assertEquals(THREADS + 30, counters.onionSkinsProcessed(HandshakeKind.NTOR));
  }

  /** Handshakes that take a time of the test's clock, one after the other. */
  private void answer(int count, Duration each, boolean good) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      CountDownLatch done = new CountDownLatch(1);
      assertTrue(
          skins.submit(
              HandshakeKind.NTOR,
              true,
              new OnionSkins.Job() {
                @Override
                public boolean answer() {
                  nanos.addAndGet(each.toNanos());
                  done.countDown();
                  return good;
                }

                @Override
                public void giveUp() {}
              }));
      done.await();
      awaitIdle();
    }
  }

  private void awaitIdle() {
    while (!skins.idle()) {
      Thread.onSpinWait();
    }
  }

  /** How many more may wait when fifty do and the threads are busy. */
  private int roomBeyondFifty() throws InterruptedException {
    keepThreadsBusy();
    for (int i = 0; i < OnionSkins.ALWAYS_ROOM; i++) {
      submit();
    }
    int room = 0;
    while (room < 1000 && skins.submit(HandshakeKind.NTOR, true, new Skin())) {
      room++;
    }
    return room;
  }

  @Test
  void estimate_followsWhatHandshakesTook() throws Exception {
    // 10 ms each: eight that wait are too many, but for the fifty that always may.
    answer(OnionSkinTimes.ENOUGH, Duration.ofMillis(10), true);
    assertEquals(0, roomBeyondFifty());
  }

  /** Somebody who sends onion skins that are quickly refused must not make the queue longer. */
  @Test
  void estimate_ofHandshakesThatFail_staysAsItWas() throws Exception {
    answer(2 * OnionSkinTimes.ENOUGH, Duration.ofNanos(1), false);
    assertEquals(31, roomBeyondFifty()); // 81 of 1 ms each
  }

  @Test
  void threads_outliveWhateverAnAnswerThrows() throws Exception {
    for (int i = 0; i < 2 * THREADS; i++) {
      CountDownLatch givenUp = new CountDownLatch(1);
      assertTrue(
          skins.submit(
              HandshakeKind.NTOR,
              true,
              new OnionSkins.Job() {
                @Override
                public boolean answer() {
                  throw new StackOverflowError("a fault of ours, provoked by a test");
                }

                @Override
                public void giveUp() {
                  givenUp.countDown();
                }
              }));
      givenUp.await();
      awaitIdle();
    }
    hold.countDown();
    submit().answered.await();
  }
}
