package org.tunic.daemon.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.guard.StateDocument;

final class BandwidthHistoryTest {
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
  private static final int DAY = BandwidthHistory.PERIOD_SECONDS;

  private final BandwidthHistory history = new BandwidthHistory(START);

  private void add(long second, long bytes) {
    history.add(START.plusSeconds(second), bytes);
  }

  private static Optional<String> line(BandwidthHistory of) {
    return of.line("write-history", Long.MAX_VALUE);
  }

  /** What C tor writes for this history. */
  private static StateDocument state(String ends, String interval, String values, String maxima) {
    return StateDocument.parse(
        """
        BWHistoryWriteEnds %s
        BWHistoryWriteInterval %s
        BWHistoryWriteMaxima %s
        BWHistoryWriteValues %s
        """
            .formatted(ends, interval, maxima, values));
  }

  private static BandwidthHistory from(StateDocument state, long second) {
    return BandwidthHistory.from(state, "Write", START.plusSeconds(second));
  }

  @Test
  void line_beforeADayHasEnded_isEmpty() {
    add(1, 5000);
    add(DAY - 1, 5000);
    assertEquals(Optional.empty(), line(history));
  }

  @Test
  void line_namesTheDaysThatEndedInWholeKib() {
    add(1, 5000);
    add(DAY + 5, 1023);
    assertEquals(Optional.of("write-history 2026-11-21 10:00:00 (86400 s) 4096"), line(history));
    add(3L * DAY, 1);
    assertEquals(
        Optional.of("write-history 2026-11-23 10:00:00 (86400 s) 4096,0,0"), line(history));
  }

  @Test
  void line_namesFiveDaysAtMost() {
    for (int day = 0; day < 7; day++) {
      add((long) day * DAY, 1024L * (day + 1));
    }
    assertEquals(
        Optional.of("write-history 2026-11-26 10:00:00 (86400 s) 2048,3072,4096,5120,6144"),
        line(history));
  }

  @Test
  void line_saysNoMoreThanItMay() {
    add(1, 10_000);
    add(DAY, 0);
    assertEquals(
        Optional.of("read-history 2026-11-21 10:00:00 (86400 s) 3000"),
        history.line("read-history", 3000));
  }

  @Test
  void most_isTheBestTenSecondsOfAnyDay() {
    for (int second = 0; second < 30; second++) {
      add(second, second < 15 ? 10 : 0);
    }
    for (int second = 30; second < 35; second++) {
      add(second, 2000);
    }
    add(60, 1);
    assertEquals(5 * 2000, history.most(0));
    add(DAY + 60, 1);
    assertEquals(5 * 2000, history.most(0));
    add(7L * DAY, 1);
    assertEquals(0, history.most(0)); // that day is forgotten
  }

  @Test
  void most_ofADayTooYoung_doesNotCount() {
    add(20, 1000);
    add(100, 0);
    assertEquals(0, history.most(100));
    add(101, 0);
    assertEquals(1000, history.most(100));
  }

  @Test
  void add_ofThePast_isForgotten() {
    add(50, 1024);
    add(49, 1024);
    add(DAY, 0);
    assertEquals(Optional.of("write-history 2026-11-21 10:00:00 (86400 s) 1024"), line(history));
  }

  @Test
  void into_keepsTheDayThatHasNotEndedToo() {
    add(1, 50_000);
    add(DAY + 10, 20_480);
    add(DAY + 30, 0);
    StateDocument state = history.into(StateDocument.EMPTY, "Write");
    assertEquals(List.of("2026-11-22 10:00:00"), state.values("BWHistoryWriteEnds"));
    assertEquals(List.of("86400"), state.values("BWHistoryWriteInterval"));
    assertEquals(List.of("49152,20480"), state.values("BWHistoryWriteValues"));
    assertEquals(List.of("4096,2048"), state.values("BWHistoryWriteMaxima"));
  }

  @Test
  void from_whatInto_wrote_goesOn() {
    add(1, 50_000);
    add(DAY + 10, 40_960);
    add(DAY + 1000, 0);
    BandwidthHistory next = from(history.into(StateDocument.EMPTY, "Write"), DAY + 1000);
    assertEquals(Optional.of("write-history 2026-11-21 10:00:00 (86400 s) 49152"), line(next));
    assertEquals(4096 * 10, next.most(0));
    next.add(START.plusSeconds(2L * DAY), 1);
    assertEquals(
        Optional.of("write-history 2026-11-22 10:00:00 (86400 s) 49152,40960"), line(next));
  }

  @Test
  void from_withoutMaxima_takesTheMean() {
    BandwidthHistory next =
        from(state("2026-11-21 10:00:00", "86400", "864000000,0", "1"), DAY - 10);
    assertEquals(10_000 * 10, next.most(0));
  }

  @Test
  void from_quartersOfAnHour_addsThemUp() {
    // C tor 0.2 wrote these; the day begins with the first.
    BandwidthHistory next =
        from(state("2026-11-20 10:45:00", "900", "900000,900000,900000", "0,0,0"), 2700);
    assertEquals(Optional.empty(), line(next));
    next.add(START.plusSeconds(DAY), 1);
    assertEquals(Optional.of("write-history 2026-11-21 10:00:00 (86400 s) 2699264"), line(next));
  }

  @Test
  void from_historyOfLastWeek_isNothing() {
    StateDocument old = state("2026-11-20 10:00:00", "86400", "1024,1024", "0,0");
    assertEquals(
        Optional.of("write-history 2026-11-19 10:00:00 (86400 s) 1024"), line(from(old, 5L * DAY)));
    assertEquals(Optional.empty(), line(from(old, 5L * DAY + 1)));
    assertEquals(Optional.empty(), line(from(StateDocument.EMPTY, 0)));
  }

  @Test
  void from_historyOfTheFuture_isNothing() {
    BandwidthHistory next = from(state("2027-11-20 10:00:00", "86400", "1024,1024", "9,9"), 0);
    assertEquals(0, next.most(0));
    assertEquals(Optional.empty(), line(next));
  }

  @Test
  void from_moreValuesThanDaysThatCount_countsNoOlderSeconds() {
    String values = String.join(",", Collections.nCopies(500_000, "1024"));
    BandwidthHistory next = from(state("2026-11-20 10:00:00", "432000", values, ""), 0);
    assertEquals(
        Optional.of("write-history 2026-11-19 10:00:00 (86400 s) 0,1024,0,0,0"), line(next));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1,,2", "-1", "9007199254740993", "1,2 3"})
  void from_valuesThatAreNoNumbers_throws(String values) {
    StateDocument state = state("2026-11-21 10:00:00", "86400", values, "");
    assertThrows(NumberFormatException.class, () -> from(state, 0));
  }

  @Test
  void from_otherFieldsThatCannotBeRead_throws() {
    for (String interval : List.of("0", "-1", "x")) {
      StateDocument state = state("2026-11-21 10:00:00", interval, "1", "1");
      assertThrows(NumberFormatException.class, () -> from(state, 0));
    }
    StateDocument maxima = state("2026-11-21 10:00:00", "86400", "1", "x");
    assertThrows(NumberFormatException.class, () -> from(maxima, 0));
    StateDocument ends = state("yesterday", "86400", "1", "1");
    assertThrows(DateTimeException.class, () -> from(ends, 0));
  }
}
