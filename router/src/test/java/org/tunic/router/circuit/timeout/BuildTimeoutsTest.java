package org.tunic.router.circuit.timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.guard.StateDocument;
import org.tunic.testing.SeededRandom;

/**
 * Timeouts learned from build times. The numbers for {@link #XM_TIMES} are what C tor's own unit
 * test of {@code circuit_build_times_get_xm} expects of it.
 */
class BuildTimeoutsTest {
  private static final double QUANTILE = 0.8;

  /** 110 circuits: 9 modes that tie in 8, and 10 abandoned ones. */
  private static final int[] XM_TIMES = new int[110];

  static {
    int[] first = {100, 20, 1000, 500, 200, 5000, 30, 600, 200, 300, 0};
    for (int i = 0; i < XM_TIMES.length; i++) {
      int start = first[i % first.length];
      XM_TIMES[i] = start == 0 ? BuildTimeouts.ABANDONED : start + i / first.length;
    }
  }

  private static TimeoutParameters parameters(Map<String, Integer> params) {
    return TimeoutParameters.of(new ConsensusParameters(params), true, Duration.ZERO);
  }

  private static BuildTimeouts fresh() {
    return new BuildTimeouts(parameters(Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 205, 1.394401", "3, 117, 0.902313", "5, 146, 1.049032",
    "10, 800, 4.851754", "15, 800, 4.851754", "20, 800, 4.851754"
  })
  void leastAndAlpha_ofTimesWithTies_areCTors(int modes, int xm, double alpha) {
    StateDocument state = SavedTimes.of(XM_TIMES).into(StateDocument.EMPTY);
    assertEquals(List.of("110"), state.values("TotalBuildTimes"));
    assertEquals(List.of("10"), state.values("CircuitBuildAbandonedCount"));
    BuildTimeouts timeouts = exactly(modes, XM_TIMES);
    assertEquals(xm, timeouts.leastMs());
    assertEquals(alpha, timeouts.alpha(xm), 0.00001);
  }

  /** With just these times, in this order. */
  private static BuildTimeouts exactly(int modes, int[] times) {
    Map<String, Integer> params = Map.of("cbtnummodes", modes, "cbtmincircs", 1);
    BuildTimeouts timeouts = new BuildTimeouts(parameters(params));
    for (int time : times) {
      if (time == BuildTimeouts.ABANDONED) {
        timeouts.closed(1, true);
      } else {
        timeouts.built(time, false);
      }
    }
    assertEquals(times.length, timeouts.total());
    return timeouts;
  }

  /** Times of a Pareto distribution, by inversion. */
  private static int[] pareto(int n, int xm, double alpha, RandomGenerator random) {
    int[] times = new int[n];
    for (int i = 0; i < n; i++) {
      times[i] = (int) Math.round(BuildTimeouts.quantileMs(xm, alpha, random.nextDouble()));
    }
    return times;
  }

  private static double cdf(int xm, double alpha, double ms) {
    return 1 - Math.pow(xm / ms, alpha);
  }

  @Test
  void timeout_ofParetoTimes_isItsQuantile() {
    SeededRandom random = new SeededRandom(7);
    // As in C tor's test: 3 s at least, and 80 % of all within 30 s.
    int xm = 3000;
    double alpha = Math.log(1 - QUANTILE) / (Math.log(xm) - Math.log(30_000));
    SavedTimes times = SavedTimes.of(pareto(1000, xm, alpha, random));
    BuildTimeouts timeouts = new BuildTimeouts(parameters(Map.of()), times, random);
    assertEquals(QUANTILE, cdf(xm, alpha, timeouts.timeoutMs()), 0.05, random.toString());
    assertTrue(timeouts.closeMs() >= 60_000);
  }

  @Test
  void timeout_beforeEnoughCircuits_isTheInitialOne() {
    BuildTimeouts timeouts = fresh();
    for (int i = 0; i < 99; i++) {
      timeouts.built(500, false);
    }
    assertEquals(60_000, timeouts.timeoutMs());
    assertTrue(timeouts.needsCircuits());
    timeouts.built(500, false);
    assertFalse(timeouts.needsCircuits());
    assertTrue(timeouts.timeoutMs() <= 520, timeouts.timeoutMs() + " ms");
    assertEquals(60_000, timeouts.closeMs());
  }

  @Test
  void recentTimeouts_upToLimit_forgetEverythingAndStartAnew() {
    BuildTimeouts timeouts = learned();
    double before = timeouts.timeoutMs();
    for (int i = 0; i < 17; i++) {
      timeouts.timedOut(true);
    }
    assertEquals(before, timeouts.timeoutMs());
    timeouts.timedOut(true);
    assertEquals(0, timeouts.total());
    assertEquals(60_000, timeouts.timeoutMs());
    // It happens again: the first timeout itself was too short.
    for (int i = 0; i < 18; i++) {
      timeouts.timedOut(true);
    }
    assertEquals(120_000, timeouts.timeoutMs());
    assertEquals(120_000, timeouts.closeMs());
  }

  @Test
  void recentTimeouts_withoutFirstHop_forgetNothing() {
    BuildTimeouts timeouts = learned();
    for (int i = 0; i < 100; i++) {
      timeouts.timedOut(false);
    }
    assertEquals(100, timeouts.total());
  }

  @Test
  void recentTimeouts_withSuccessesBetween_forgetNothing() {
    BuildTimeouts timeouts = learned();
    for (int i = 0; i < 100; i++) {
      timeouts.timedOut(true);
      timeouts.built(500, false);
    }
    assertTrue(timeouts.total() > 100);
  }

  private static BuildTimeouts learned() {
    BuildTimeouts timeouts = fresh();
    for (int i = 0; i < 100; i++) {
      timeouts.built(400 + i, false);
    }
    return timeouts;
  }

  @Test
  void silentNetwork_closedCircuits_areNotRecordedUntilHeard() {
    BuildTimeouts timeouts = learned();
    timeouts.closed(60_000, false);
    timeouts.closed(60_000, true);
    timeouts.built(500, false);
    assertEquals(100, timeouts.total());
    timeouts.heard();
    timeouts.closed(60_000, true);
    assertEquals(101, timeouts.total());
    assertEquals(
        List.of("1"),
        timeouts.save().into(StateDocument.EMPTY).values("CircuitBuildAbandonedCount"));
  }

  @Test
  void jumpOfTheClock_isNotRecorded() {
    BuildTimeouts timeouts = learned();
    timeouts.built(500_000, true);
    timeouts.closed(500_000, true);
    assertEquals(100, timeouts.total());
  }

  @Test
  void notLearning_keepsTheConfiguredTimeout() {
    BuildTimeouts timeouts =
        new BuildTimeouts(
            TimeoutParameters.of(ConsensusParameters.DEFAULTS, false, Duration.ofSeconds(7)));
    for (int i = 0; i < 200; i++) {
      timeouts.built(100, false);
      timeouts.timedOut(true);
    }
    assertEquals(7000, timeouts.timeoutMs());
    assertEquals(7000, timeouts.closeMs());
    assertFalse(timeouts.needsCircuits());
  }

  @Test
  void consensusDisablesIt_nothingIsLearned() {
    assertFalse(parameters(Map.of("cbtdisabled", 1)).learning());
  }

  @Test
  void parameters_outOfOrder_areRaised() {
    TimeoutParameters odd =
        parameters(
            Map.of(
                "cbtquantile", 90,
                "cbtclosequantile", 20,
                "cbtmintimeout", 5000,
                "cbtinitialtimeout", 1000));
    assertEquals(0.9, odd.closeQuantile());
    assertEquals(5000, odd.initialMs());
  }

  @Test
  void history_fullOfOldTimes_forgetsTheOldest() {
    BuildTimeouts timeouts = fresh();
    for (int i = 0; i < BuildTimeouts.HISTORY; i++) {
      timeouts.built(9000, false);
    }
    for (int i = 0; i < BuildTimeouts.HISTORY; i++) {
      timeouts.built(300, false);
    }
    assertEquals(BuildTimeouts.HISTORY, timeouts.total());
    assertTrue(timeouts.timeoutMs() < 320, timeouts.timeoutMs() + " ms");
  }

  @Test
  void saved_andLoaded_givesTheSameHistogram() {
    SavedTimes saved = learned().save();
    StateDocument state = saved.into(StateDocument.parse("Guard in=default\n"));
    SavedTimes read = SavedTimes.from(StateDocument.parse(state.format(java.time.Instant.EPOCH)));
    BuildTimeouts again = new BuildTimeouts(parameters(Map.of()), read, new SeededRandom(1));
    assertEquals(100, again.total());
    assertFalse(again.needsCircuits());
    assertArrayEquals(saved.counts(), again.save().counts());
    assertArrayEquals(saved.middlesMs(), again.save().middlesMs());
    assertEquals(List.of("in=default"), state.values("Guard"));
  }

  @Test
  void stateOfCTor_isRead() {
    SavedTimes read =
        SavedTimes.from(
            StateDocument.parse(
                """
                CircuitBuildAbandonedCount 2
                CircuitBuildTimeBin 535 3
                CircuitBuildTimeBin 1125 1
                TotalBuildTimes 6
                """));
    assertArrayEquals(
        new int[] {535, 535, 535, 1125, BuildTimeouts.ABANDONED, BuildTimeouts.ABANDONED},
        read.times());
  }

  @ParameterizedTest
  @CsvSource({
    "TotalBuildTimes 7\\nCircuitBuildTimeBin 535 3",
    "TotalBuildTimes 3\\nCircuitBuildTimeBin 535",
    "TotalBuildTimes 3\\nCircuitBuildTimeBin x 3",
    "TotalBuildTimes 3\\nCircuitBuildTimeBin 0 3",
    "CircuitBuildAbandonedCount 4",
    "TotalBuildTimes 2000000000\\nCircuitBuildTimeBin 5 2000000000"
  })
  void stateThatDoesNotAddUp_isDropped(String lines) {
    assertEquals(0, SavedTimes.from(StateDocument.parse(lines.replace("\\n", "\n"))).total());
  }
}
