package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.testing.Vectors;

/** The state file of a C tor client. */
class StateFileVectorTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  private static StateDocument document() {
    return StateDocument.parse(Vectors.text("guard-spec/client-state-file"));
  }

  @Test
  void guardLines_ofCTor_comeBackByteForByte() {
    List<String> lines = document().values(SampledGuard.KEYWORD);
    assertEquals(7, lines.size());
    for (String line : lines) {
      assertEquals(line, SampledGuard.parse(line, NOW).orElseThrow().format());
    }
  }

  @Test
  void guardLine_ofCTor_isUnderstood() {
    SampledGuard guard =
        SampledGuard.parse(document().values(SampledGuard.KEYWORD).getFirst(), NOW).orElseThrow();
    assertEquals("6A3B6EF33F9AA0507B3A65688519A65BCBB3356B", guard.identity().hex());
    assertEquals("relay3", guard.nickname());
    assertEquals(Instant.parse("2026-11-15T14:28:32Z"), guard.sampledOn());
    assertEquals(0, guard.sampledIndex());
    assertEquals(
        new SampledGuard.Confirmed(Instant.parse("2026-11-20T04:37:56Z"), 1), guard.confirmed());
    assertEquals(5, guard.others().size());
  }

  @Test
  void otherEntries_ofCTor_areKept() {
    StateDocument before = document();
    StateDocument after =
        StateDocument.parse(before.with(SampledGuard.KEYWORD, List.of("in=default")).format(NOW));
    assertEquals(List.of("in=default"), after.values("Guard"));
    assertEquals(before.values("CircuitBuildTimeBin"), after.values("CircuitBuildTimeBin"));
    assertEquals(List.of("Tor 0.4.9.11"), after.values("TorVersion"));
    assertEquals(List.of("74"), after.values("TotalBuildTimes"));
    assertEquals(List.of("2026-11-22 20:00:00"), after.values("LastWritten"));
    assertEquals(before.entries().size() - 6, after.entries().size());
  }
}
