package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ObservedBandwidthTest {
  private long bytes;

  private void seconds(ObservedBandwidth observed, int seconds, long bytesEach) {
    for (int i = 0; i < seconds; i++) {
      observed.sample();
      bytes += bytesEach;
    }
  }

  @Test
  void getAsInt_beforeTenSeconds_isZero() {
    ObservedBandwidth observed = new ObservedBandwidth(() -> bytes);
    seconds(observed, ObservedBandwidth.WINDOW_SECONDS, 1000);
    assertEquals(0, observed.getAsInt());
    observed.sample();
    assertEquals(1000, observed.getAsInt());
  }

  @Test
  void getAsInt_burstAndSilence_isTheBestTenSeconds() {
    ObservedBandwidth observed = new ObservedBandwidth(() -> bytes);
    seconds(observed, 30, 10);
    seconds(observed, 5, 2000);
    seconds(observed, 40, 0);
    assertEquals((5 * 2000 + 5 * 10) / 10, observed.getAsInt());
  }

  @Test
  void getAsInt_moreThanAnIntHolds_isTheLargestInt() {
    ObservedBandwidth observed = new ObservedBandwidth(() -> bytes);
    seconds(observed, 12, 1L << 40);
    assertEquals(Integer.MAX_VALUE, observed.getAsInt());
  }
}
