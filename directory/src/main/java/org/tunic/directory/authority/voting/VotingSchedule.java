package org.tunic.directory.authority.voting;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.tunic.directory.doc.consensus.ConsensusPreamble;

/**
 * The moments of one voting round. All authorities derive the same from the consensus they hold.
 *
 * @param interval from one consensus to the next
 * @param votingStarts make the vote and send it
 * @param fetchMissingVotes ask for votes that did not come; votes sent to us later than this are
 *     refused
 * @param votingEnds compute the consensus and send the signatures
 * @param fetchMissingSignatures ask for signatures that did not come
 * @param validAfter publish
 *     <p>Spec: dir-spec/consensus-negotiation-timeline. Threads: immutable.
 */
public record VotingSchedule(
    Duration interval,
    Instant votingStarts,
    Instant fetchMissingVotes,
    Instant votingEnds,
    Instant fetchMissingSignatures,
    Instant validAfter) {

  /**
   * Intervals as configured or as a consensus carries them, in whole seconds.
   *
   * @param interval from one consensus to the next; positive
   * @param voteDelay for exchanging votes
   * @param distDelay for exchanging signatures
   */
  public record Timing(Duration interval, Duration voteDelay, Duration distDelay) {
    /** The timing a live consensus prescribes for the next one. */
    public static Timing of(ConsensusPreamble consensus) {
      return new Timing(
          consensus.lifetime().interval(),
          Duration.ofSeconds(consensus.voteSeconds()),
          Duration.ofSeconds(consensus.distSeconds()));
    }
  }

  /**
   * The round after {@code now}.
   *
   * @param live the timing of the consensus that is valid now; empty if there is none
   * @param initial the timing to start with (TestingV3AuthInitial…)
   * @param offset TestingV3AuthVotingStartOffset
   */
  public static VotingSchedule after(
      Instant now, Optional<Timing> live, Timing initial, Duration offset) {
    Timing timing = live.orElse(initial);
    long interval = timing.interval.toSeconds();
    long vote = timing.voteDelay.toSeconds();
    long dist = timing.distDelay.toSeconds();
    if (vote + dist > interval / 2) {
      vote = interval / 4;
      dist = interval / 4;
    }
    Instant start = startOfIntervalAfter(now, timing.interval, offset);
    return new VotingSchedule(
        timing.interval,
        start.minusSeconds(dist + vote),
        start.minusSeconds(dist + vote / 2),
        start.minusSeconds(dist),
        start.minusSeconds(dist / 2),
        start);
  }

  /**
   * The next multiple of the interval after {@code now}, counted from midnight UTC. Intervals do
   * not cross midnight: the last one of a day ends there, and is left out if it would be shorter
   * than half of the others. (Intervals that do not divide a day come out odd, as in C tor.)
   */
  public static Instant startOfIntervalAfter(Instant now, Duration interval, Duration offset) {
    long seconds = interval.toSeconds();
    long second = now.getEpochSecond();
    long midnight = now.truncatedTo(ChronoUnit.DAYS).getEpochSecond();
    long tomorrow = midnight + Duration.ofDays(1).toSeconds();
    long next = midnight + ((second - midnight) / seconds + 1) * seconds;
    if (next > tomorrow || next + seconds / 2 > tomorrow) {
      next = tomorrow;
    }
    next += offset.toSeconds();
    if (next - seconds > second) {
      next -= seconds;
    }
    return Instant.ofEpochSecond(next);
  }

  /**
   * Number of the round within a shared-random run of 24 rounds: 0 to 23; the second half reveals.
   */
  public int sharedRandomRound() {
    return (int) Math.floorMod(validAfter.getEpochSecond() / interval.toSeconds(), 24L);
  }
}
