package org.tunic.router.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BandwidthLimitsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long FAR = BandwidthLimits.UNLIMITED;

  private final TrafficCounters counters = new TrafficCounters();
  private long now;
  private final BandwidthLimits limits = new BandwidthLimits(counters, () -> now);

  private static BandwidthLimits.Rates relayed(long rate, long burst) {
    return new BandwidthLimits.Rates(FAR, FAR, rate, burst, FAR, FAR, true);
  }

  @Test
  void unlimited_appliesToNobody() {
    limits.wasRead(Integer.MAX_VALUE);
    assertFalse(limits.apply(false));
  }

  @Test
  void bucket_startsFull_goesIntoDebt_andPaysItBack() {
    limits.use(relayed(1000, 5000));
    assertTrue(limits.mayRead());
    limits.wasRead(6500);
    assertFalse(limits.mayRead());
    assertEquals(1, counters.readLimits());
    now += SECOND;
    limits.refill();
    assertFalse(limits.mayRead(), "500 bytes of debt are left");
    now += SECOND;
    limits.refill();
    assertTrue(limits.mayRead());
    assertTrue(limits.mayWrite(), "the other way has a bucket of its own");
  }

  @Test
  void answers_areRefusedBeyondTheBucket_andForTwoSecondsAfterItRanOut() {
    assertTrue(limits.takeToWrite(false, Integer.MAX_VALUE), "nothing is limited");
    limits.use(relayed(1000, 5000));
    assertFalse(limits.takeToWrite(false, 5001));
    assertTrue(limits.takeToWrite(false, 4000), "and what was refused took nothing");
    assertFalse(limits.takeToWrite(false, 4000));
    limits.wasWritten(1500); // all that was left, and more
    now += SECOND + SECOND / 2;
    limits.refill();
    assertFalse(limits.takeToWrite(false, 100));
    now += SECOND;
    limits.refill();
    assertTrue(limits.takeToWrite(false, 100));
  }

  @Test
  void answers_toPrivateAddresses_areNotLimitedUnlessTheyCount() {
    limits.use(new BandwidthLimits.Rates(FAR, FAR, 1000, 5000, FAR, FAR, false));
    assertTrue(limits.takeToWrite(true, 1_000_000));
    assertFalse(limits.takeToWrite(false, 1_000_000));
  }

  @Test
  void burst_boundsWhatIsSavedUp() {
    limits.use(relayed(1000, 2000));
    now += 3600 * SECOND;
    limits.refill();
    limits.wasWritten(2000);
    assertFalse(limits.mayWrite());
    assertEquals(1, counters.writeLimits());
  }

  @Test
  void rate_holdsOverAnHour_atAnyRefillInterval() {
    limits.use(relayed(75_003, 75_003));
    limits.wasRead(75_003); // what it starts with
    long read = 0;
    for (int i = 0; i < 36_000; i++) {
      now += SECOND / 10;
      limits.refill();
      if (limits.mayRead()) {
        limits.wasRead(20_000);
        read += 20_000;
      }
    }
    double expected = 3600.0 * 75_003;
    assertTrue(Math.abs(read - expected) <= 20_000, read + " of " + expected);
  }

  @Test
  void waiting_goOnInTurn_asManyAsTheBytesAreFor() {
    limits.use(relayed(2 * BandwidthLimits.SHARE, 2 * BandwidthLimits.SHARE));
    limits.wasRead(2 * BandwidthLimits.SHARE);
    List<Integer> woken = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      limits.waitToRead(() -> woken.add(number));
    }
    limits.refill();
    assertEquals(List.of(), woken);
    now += SECOND;
    limits.refill();
    assertEquals(List.of(0, 1), woken);
    limits.wasRead(2 * BandwidthLimits.SHARE);
    now += SECOND;
    limits.refill();
    assertEquals(List.of(0, 1, 2, 3), woken);
  }

  @Test
  void limitTakenAway_letsAllGoOn() {
    limits.use(relayed(1, 1));
    limits.wasRead(100);
    List<Integer> woken = new ArrayList<>();
    limits.waitToRead(() -> woken.add(0));
    limits.waitToWrite(() -> woken.add(1));
    limits.use(BandwidthLimits.Rates.NONE);
    assertEquals(List.of(0, 1), woken);
  }

  @Test
  void reload_givesNothingAway() {
    limits.use(relayed(1000, 1000));
    limits.wasRead(1000);
    limits.use(relayed(2000, 2000));
    assertFalse(limits.mayRead());
  }

  @Test
  void privateAddresses_areExemptUnlessCounted() {
    limits.use(relayed(1000, 1000));
    assertTrue(limits.apply(true));
    limits.use(new BandwidthLimits.Rates(FAR, FAR, 1000, 1000, FAR, FAR, false));
    assertFalse(limits.apply(true));
    assertTrue(limits.apply(false));
  }
}
