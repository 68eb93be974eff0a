package org.tunic.directory.authority.voting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VotingScheduleTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-22T00:00:00Z,3600,0,2026-11-22T01:00:00Z",
    "2026-11-22T00:59:59Z,3600,0,2026-11-22T01:00:00Z",
    "2026-11-22T01:00:00Z,3600,0,2026-11-22T02:00:00Z",
    "2026-11-22T23:30:00Z,3600,0,2026-11-23T00:00:00Z",
    "2026-11-22T19:44:12Z,20,0,2026-11-22T19:44:20Z",
    "2026-11-22T19:44:20Z,20,0,2026-11-22T19:44:40Z",
    "2026-11-22T19:44:12Z,20,3,2026-11-22T19:44:23Z",
    "2026-11-22T19:44:02Z,20,3,2026-11-22T19:44:03Z",
    "2026-11-22T19:44:03Z,20,3,2026-11-22T19:44:23Z",
    // 7 hours: 0, 7, 14, then 21 would leave 3 hours, which is less than half; C tor's way to skip
    // it gives 17
    "2026-11-22T13:59:59Z,25200,0,2026-11-22T14:00:00Z",
    "2026-11-22T15:00:00Z,25200,0,2026-11-22T17:00:00Z",
    "2026-11-22T17:00:00Z,25200,0,2026-11-23T00:00:00Z",
    "2026-11-22T21:00:00Z,25200,0,2026-11-23T00:00:00Z",
    // 5 hours: 20:00 leaves 4 hours, which is more than half
    "2026-11-22T19:59:59Z,18000,0,2026-11-22T20:00:00Z",
    "2026-11-22T20:00:00Z,18000,0,2026-11-23T00:00:00Z",
  })
  void startOfIntervalAfter_table(Instant now, long interval, long offset, Instant expected) {
    assertEquals(
        expected,
        VotingSchedule.startOfIntervalAfter(
            now, Duration.ofSeconds(interval), Duration.ofSeconds(offset)));
  }

  @ParameterizedTest
  @CsvSource({
    // interval, vote, dist → seconds before T of: vote, fetch votes, compute, fetch signatures
    "20,4,4,8,6,4,2",
    "10,2,2,4,3,2,1",
    "3600,300,300,600,450,300,150",
    "20,6,6,10,7,5,2",
    "20,5,5,10,7,5,2",
    "150,20,20,40,30,20,10",
  })
  void after_delays(
      long interval,
      long vote,
      long dist,
      long start,
      long fetchVotes,
      long end,
      long fetchSignatures) {
    VotingSchedule.Timing timing = timing(interval, vote, dist);
    Instant now = Instant.parse("2026-11-22T12:00:01Z");
    VotingSchedule schedule = VotingSchedule.after(now, Optional.empty(), timing, Duration.ZERO);
    Instant t = schedule.validAfter();
    assertEquals(t.minusSeconds(start), schedule.votingStarts());
    assertEquals(t.minusSeconds(fetchVotes), schedule.fetchMissingVotes());
    assertEquals(t.minusSeconds(end), schedule.votingEnds());
    assertEquals(t.minusSeconds(fetchSignatures), schedule.fetchMissingSignatures());
  }

  @Test
  void after_liveConsensus_prevailsOverTheInitialTiming() {
    Instant now = Instant.parse("2026-11-22T12:00:01Z");
    VotingSchedule schedule =
        VotingSchedule.after(now, Optional.of(timing(20, 4, 4)), timing(10, 2, 2), Duration.ZERO);
    assertEquals(Instant.parse("2026-11-22T12:00:20Z"), schedule.validAfter());
    assertEquals(Duration.ofSeconds(20), schedule.interval());
  }

  @Test
  void after_anyTime_isInTheFutureAndNotFar() {
    long seed = 5;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long interval = 5L + random.nextInt(50_000);
      Instant now = Instant.ofEpochSecond(1_795_000_000L + random.nextInt(10_000_000));
      Instant start =
          VotingSchedule.startOfIntervalAfter(now, Duration.ofSeconds(interval), Duration.ZERO);
      assertTrue(start.isAfter(now), "seed " + seed + " round " + i);
      assertTrue(
          !start.isAfter(now.plusSeconds(interval + interval / 2 + 1)),
          "seed " + seed + " round " + i);
    }
  }

  @Test
  void sharedRandomRound_countsWithinTheRun() {
    VotingSchedule.Timing timing = timing(20, 4, 4);
    Instant now =
        Instant.ofEpochSecond(0x6B034600L - 1); // a run of the recorded network starts here
    VotingSchedule first = VotingSchedule.after(now, Optional.of(timing), timing, Duration.ZERO);
    assertEquals(0, first.sharedRandomRound());
    VotingSchedule last =
        VotingSchedule.after(now.minusSeconds(20), Optional.of(timing), timing, Duration.ZERO);
    assertEquals(23, last.sharedRandomRound());
  }

  private static VotingSchedule.Timing timing(long interval, long vote, long dist) {
    return new VotingSchedule.Timing(
        Duration.ofSeconds(interval), Duration.ofSeconds(vote), Duration.ofSeconds(dist));
  }
}
