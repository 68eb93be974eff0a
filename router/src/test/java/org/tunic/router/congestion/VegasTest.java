package org.tunic.router.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.testing.SeededRandom;

class VegasTest {
  private final FlowCounters counters = new FlowCounters();

  private Vegas vegas(Map<String, Integer> consensus, int increment) {
    return new Vegas(VegasParameters.of(new ConsensusParameters(consensus)), increment, counters);
  }

  private static void fill(Vegas vegas) {
    while (vegas.maySend()) {
      vegas.sent();
    }
  }

  @Test
  void maySend_windowUsedUp_isFalseUntilASendme() {
    Vegas vegas = vegas(Map.of(), 31);
    for (int i = 0; i < 124; i++) {
      assertTrue(vegas.maySend());
      vegas.sent();
    }
    assertFalse(vegas.maySend());
    vegas.sendme(100_000, false);
    assertTrue(vegas.maySend());
    assertEquals(155, vegas.windowCells());
  }

  @Test
  void sendme_constantRoundTrip_slowStartEndsAtItsMaximum() {
    Vegas vegas = vegas(Map.of("cc_ss_max", 700), 31);
    for (int i = 0; i < 100 && vegas.inSlowStart(); i++) {
      fill(vegas);
      vegas.sendme(100_000, false);
    }
    assertEquals(700, vegas.windowCells());
    assertFalse(vegas.inSlowStart());
    assertEquals(1, counters.get(FlowCounters.Event.ABOVE_SLOW_START_MAX));
    assertEquals(1, counters.get(FlowCounters.Event.SLOW_START_LEFT));
    assertEquals(700, counters.get(FlowCounters.Average.SLOW_START_EXIT_WINDOW));
    assertEquals(0, counters.get(FlowCounters.Average.CLOSE_WINDOW));
    vegas.closed();
    assertEquals(700, counters.get(FlowCounters.Average.CLOSE_WINDOW));
    assertEquals(1, counters.get(FlowCounters.Event.CIRCUIT_CREATED));
    assertEquals(1, counters.get(FlowCounters.Event.CIRCUIT_CLOSED));
  }

  @Test
  void sendme_queueLongerThanDelta_windowFallsToIt() {
    Vegas vegas = vegas(Map.of("cc_ss_max", 1000), 31);
    while (vegas.inSlowStart()) {
      fill(vegas);
      vegas.sendme(100_000, false);
    }
    for (int i = 0; i < 100; i++) {
      fill(vegas);
      vegas.sendme(1_000_000, false);
    }
    assertTrue(counters.get(FlowCounters.Event.ABOVE_DELTA) > 0);
    assertTrue(counters.get(FlowCounters.Average.DELTA_DROP) > 0);
    assertTrue(counters.get(FlowCounters.Average.QUEUE) > 0);
    assertTrue(vegas.windowCells() < 500, () -> "window " + vegas.windowCells());
  }

  @Test
  void window_belowTheMinimumNever_aboveTheMaximumNever() {
    Vegas small = vegas(Map.of("cc_cwnd_max", 500, "cc_ss_max", 100_000), 31);
    for (int i = 0; i < 500; i++) {
      fill(small);
      small.sendme(100_000, false);
      assertTrue(small.windowCells() <= 500);
    }
    assertEquals(500, small.windowCells());
  }

  @RepeatedTest(20)
  void anyRoundTripsAndParameters_windowStaysInItsLimits(RepetitionInfo run) {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    int increment = random.nextInt(1, 256);
    Vegas vegas =
        vegas(
            Map.of(
                "cc_cwnd_init", random.nextInt(),
                "cc_cwnd_inc_pct_ss", random.nextInt(),
                "cc_cwnd_inc", random.nextInt(),
                "cc_cwnd_inc_rate", random.nextInt(),
                "cc_vegas_delta_exit", random.nextInt(),
                "cc_vegas_alpha_exit", random.nextInt(),
                "cc_cwnd_full_gap", random.nextInt(),
                "cc_cwnd_full_per_cwnd", random.nextInt()),
            increment);
    for (int i = 0; i < 3000; i++) {
      for (int n = random.nextInt(400); n > 0 && vegas.maySend(); n--) {
        vegas.sent();
      }
      if (vegas.inFlightCells >= increment) {
        vegas.sendme(random.nextLong(1L << random.nextInt(1, 40)), random.nextInt(10) == 0);
      }
      assertTrue(vegas.windowCells() > 0, random::toString);
      assertTrue(vegas.inFlightCells >= 0, random::toString);
    }
  }

  @Test
  void parameters_ofTheConsensus_areClampedAsInCTor() {
    var low = new ConsensusParameters(Map.of("cc_cwnd_min", 1, "cc_ss_max", 1, "cc_sendme_inc", 0));
    assertEquals(31, VegasParameters.of(low).minCells());
    assertEquals(500, VegasParameters.of(low).slowStartMaxCells());
    assertEquals(1, FlowParameters.of(low).incrementCells());
    assertFalse(
        FlowParameters.of(new ConsensusParameters(Map.of("cc_alg", 0))).congestionControl());
    assertTrue(FlowParameters.DEFAULT.congestionControl());
    assertEquals(31, FlowParameters.DEFAULT.incrementCells());
    assertEquals(1000, FlowParameters.DEFAULT.windowCells());
    assertEquals(244_000, StreamParameters.DEFAULT.xoffExitBytes());
    assertEquals(249_000, StreamParameters.DEFAULT.xonRateBytes());
  }

  @Test
  void acceptsIncrement_moreThanOneOff_isFalse() {
    assertTrue(FlowParameters.DEFAULT.acceptsIncrement(30));
    assertTrue(FlowParameters.DEFAULT.acceptsIncrement(32));
    assertFalse(FlowParameters.DEFAULT.acceptsIncrement(29));
    assertFalse(FlowParameters.DEFAULT.acceptsIncrement(33));
    var one = FlowParameters.of(new ConsensusParameters(Map.of("cc_sendme_inc", 1)));
    assertFalse(one.acceptsIncrement(0));
  }
}
