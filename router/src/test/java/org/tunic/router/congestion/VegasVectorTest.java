package org.tunic.router.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.testing.Vectors;

/** The steps of C tor's unit tests of congestion control. */
class VegasVectorTest {
  private static final JsonNode VECTORS = Vectors.json("proposals/congestion-control.json");
  private static final int INCREMENT = 31;

  private static Stream<JsonNode> windows() {
    return Vectors.each(VECTORS, "cwnd");
  }

  @Test
  void roundTrip_clockThatStallsOrJumps_isNotBelieved() {
    RoundTrip roundTrip = new RoundTrip(new FlowCounters());
    int step = 0;
    for (JsonNode v : VECTORS.required("clock")) {
      boolean result =
          roundTrip.stalledOrJumped(
              v.required("old_delta").asLong(),
              v.required("new_delta").asLong(),
              v.required("in_slow_start").asInt() == 1);
      String where = "step " + step++;
      assertEquals(v.required("result_out").asInt() == 1, result, where);
      assertEquals(
          v.required("clock_broken_cached_out").asInt() == 1, roundTrip.clockBroken(), where);
    }
    assertEquals(17, step);
  }

  @Test
  void roundTrip_vectorMeasurements_averagesAndShortest() {
    VegasParameters params = VegasParameters.DEFAULT;
    RoundTrip roundTrip = new RoundTrip(new FlowCounters());
    int step = 0;
    for (JsonNode v : VECTORS.required("rtt")) {
      boolean slowStart = v.required("in_slow_start").asInt() == 1;
      long micros = v.required("got_sendme_usec").asLong() - v.required("sent_usec").asLong();
      String where = "step " + step++;
      assertEquals(v.required("curr_rtt_usec_out").asLong(), micros, where);
      boolean atMinimum = v.required("cwnd").asInt() == params.minCells() && !slowStart;
      roundTrip.measured(micros, 2, slowStart, atMinimum, params.rttResetPercent());
      assertEquals(v.required("ewma_rtt_usec_out").asLong(), roundTrip.ewmaMicros(), where);
      assertEquals(v.required("min_rtt_usec_out").asLong(), roundTrip.minMicros(), where);
    }
    assertEquals(9, step);
  }

  @ParameterizedTest
  @MethodSource("windows")
  void window_vectorSendmes_followsToTheCell(JsonNode steps) {
    Vegas vegas = new Vegas(VegasParameters.DEFAULT, INCREMENT, new FlowCounters());
    int step = 0;
    for (JsonNode v : steps) {
      String where = "step " + step++;
      vegas.inFlightCells = v.required("inflight").asLong();
      vegas.sendme(
          v.required("got_sendme_usec").asLong() - v.required("sent_usec").asLong(),
          v.required("or_conn_blocked").asInt() == 1);
      assertEquals(v.required("ewma_rtt_usec_out").asLong(), vegas.roundTrip().ewmaMicros(), where);
      assertEquals(v.required("min_rtt_usec_out").asLong(), vegas.roundTrip().minMicros(), where);
      assertEquals(v.required("cwnd_out").asLong(), vegas.windowCells(), where);
      assertEquals(v.required("in_slow_start_out").asInt() == 1, vegas.inSlowStart(), where);
      assertEquals(v.required("cwnd_full_out").asInt() == 1, vegas.isFull(), where);
      assertEquals(v.required("blocked_chan_out").asInt() == 1, vegas.isBlocked(), where);
    }
  }
}
