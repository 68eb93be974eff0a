package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whose turn it is, how many wait, and what effort that suggests. */
final class RendezvousQueueTest {
  private final Introductions make = new Introductions();
  private final Instant now = make.now;
  private final HsCounters counters = new HsCounters();
  private final RendezvousQueue queue = new RendezvousQueue(counters);
  private final Introduction one = make.opened();

  @Test
  void take_moreEffortFirst_thenTheOlder() {
    Introduction cheap = make.opened();
    Introduction dear = make.opened();
    Introduction alike = make.opened();
    queue.add(cheap, 0, now);
    queue.add(dear, 10, now);
    queue.add(alike, 10, now);
    assertSame(dear, queue.take(0, now).orElseThrow());
    assertSame(alike, queue.take(0, now).orElseThrow());
    assertSame(cheap, queue.take(0, now).orElseThrow());
    assertTrue(queue.take(0, now).isEmpty());
  }

  @Test
  void take_atMostSoManyAtOnce() {
    for (int i = 0; i < RendezvousQueue.MAX_IN_PROGRESS; i++) {
      queue.add(one, 0, now);
      assertTrue(queue.take(0, now).isPresent());
    }
    queue.add(one, 0, now);
    assertTrue(queue.take(0, now).isEmpty());
    queue.done();
    assertTrue(queue.take(0, now).isPresent());
  }

  @Test
  void take_enoughEffort_asManyAtOnceAsWithoutProofOfWork() {
    queue.use(new PowDefence(10_000, 10_000), now);
    for (int i = 0; i <= RendezvousQueue.MAX_IN_PROGRESS; i++) {
      queue.add(one, 5, now);
    }
    for (int i = 0; i < RendezvousQueue.MAX_IN_PROGRESS; i++) {
      assertTrue(queue.take(5, now).isPresent());
    }
    assertTrue(queue.take(5, now).isEmpty());
  }

  @Test
  void take_underLoad_cheapOnesWait_dearOnesDoNot() {
    queue.use(PowDefence.ofDefaults(), now);
    for (int i = 0; i <= RendezvousQueue.MAX_CHEAP_IN_PROGRESS; i++) {
      queue.add(one, 5, now);
    }
    for (int i = 0; i < RendezvousQueue.MAX_CHEAP_IN_PROGRESS; i++) {
      assertTrue(queue.take(20, now).isPresent());
    }
    assertTrue(queue.take(20, now).isEmpty());
    queue.add(one, 20, now);
    assertTrue(queue.take(20, now).isPresent());
    assertTrue(queue.take(20, now).isEmpty());
  }

  @Test
  void take_withProofOfWork_keepsToTheRate() {
    queue.use(new PowDefence(2, 3), now);
    for (int i = 0; i < 8; i++) {
      queue.add(one, 1, now);
    }
    for (int i = 0; i < 3; i++) {
      assertTrue(queue.take(0, now).isPresent());
    }
    assertTrue(queue.take(0, now).isEmpty());
    assertTrue(queue.take(0, now.plusSeconds(1)).isPresent());
    assertTrue(queue.take(0, now.plusSeconds(1)).isPresent());
    assertTrue(queue.take(0, now.plusSeconds(1)).isEmpty());
  }

  @Test
  void take_whatWaitedTooLong_isDropped() {
    queue.add(one, 0, now);
    Instant late = now.plus(RendezvousQueue.MAX_WAIT).plusSeconds(1);
    Introduction fresh = make.opened();
    queue.add(fresh, 0, late);
    assertSame(fresh, queue.take(0, late).orElseThrow());
    assertEquals(1, counters.droppedIntroductions());
  }

  @Test
  void add_full_dropsTheLowerHalf() {
    for (int i = 0; i < RendezvousQueue.MAX_WAITING; i++) {
      queue.add(one, i, now);
    }
    assertEquals(RendezvousQueue.MAX_WAITING / 2, queue.size());
    assertEquals(RendezvousQueue.MAX_WAITING / 2, counters.droppedIntroductions());
    queue.use(new PowDefence(Integer.MAX_VALUE, Integer.MAX_VALUE), now);
    for (int i = 0; i < 2 * RendezvousQueue.MOST_WAITING; i++) {
      queue.add(one, 1, now);
      assertTrue(queue.size() < RendezvousQueue.MOST_WAITING);
    }
  }

  @Test
  void nextEffort_followsTheQueueAsInCTor() {
    queue.use(new PowDefence(100, 100), now);
    assertEquals(0, queue.nextEffort(0));
    assertEquals(6, queue.nextEffort(9), "a third less when nobody waited");
    for (int i = 0; i < 40; i++) {
      queue.add(one, 50, now);
    }
    assertTrue(queue.take(10, now).isPresent());
    assertEquals(2000, queue.nextEffort(10), "what was offered for each that was answered");
    assertTrue(queue.take(10, now).isPresent());
    assertEquals(10_000, queue.nextEffort(10_000), "those that wait offered less");
  }

  @Test
  void nextEffort_whenDearOnesWereDropped_rises() {
    for (int i = 0; i < RendezvousQueue.MAX_WAITING; i++) {
      queue.add(one, 30, now);
    }
    assertEquals(21, queue.nextEffort(20));
  }
}
