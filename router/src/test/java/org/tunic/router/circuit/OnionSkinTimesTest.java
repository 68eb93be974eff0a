package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class OnionSkinTimesTest {
  private final OnionSkinTimes times = new OnionSkinTimes();

  private void measure(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      times.answered(nanos);
    }
  }

  @Test
  void mean_isAssumed_untilEnoughAreMeasured() {
    measure(OnionSkinTimes.ENOUGH - 1, 7);
    assertEquals(OnionSkinTimes.ASSUMED_NANOS, times.meanNanos());
    measure(1, 7);
    assertEquals(7, times.meanNanos());
  }

  /** A thread that did not run for seconds says nothing about handshakes. */
  @Test
  void mean_leavesOutWhatNoHandshakeTakes() {
    measure(OnionSkinTimes.ENOUGH, 1000);
    measure(OnionSkinTimes.ENOUGH, OnionSkinTimes.MOST_BELIEVED_NANOS);
    assertEquals(1000, times.meanNanos());
    measure(OnionSkinTimes.ENOUGH, OnionSkinTimes.MOST_BELIEVED_NANOS - 1);
    assertEquals((OnionSkinTimes.MOST_BELIEVED_NANOS + 999) / 2, times.meanNanos());
  }

  @Test
  void mean_forgetsHalfOfThePast_whenMuchIsMeasured() {
    measure(OnionSkinTimes.MOST, 1000);
    measure(OnionSkinTimes.MOST / 2 - 1, 2000);
    assertEquals(1499, times.meanNanos());
  }
}
