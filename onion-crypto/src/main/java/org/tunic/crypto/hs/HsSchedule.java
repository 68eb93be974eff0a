package org.tunic.crypto.hs;

import java.time.Duration;
import java.time.Instant;

/**
 * When time periods and shared-random runs begin, reckoned from the times of a consensus alone so
 * that clients, services and directories agree whatever their clocks say.
 *
 * <pre>
 *  run 1       period 1    run 2       period 2    run 3
 *  ===$===========|===========$===========|===========$===
 *       period and run of     between period and run:
 *       the same number       the next run is not over
 * </pre>
 *
 * <p>A run takes 24 voting intervals, a period normally 24 hours and begins half a run after a run
 * does. A testing network's period is a run, cut to whole minutes, so that one sees it change; an
 * interval that is no multiple of 5 seconds lets the two drift apart there, as it does in C tor.
 *
 * <p>Spec: rend-spec/deriving-keys#TIME-PERIODS, srv-spec. The testing network's period is C tor's.
 *
 * <p>Threads: immutable.
 *
 * @param periodMinutes minutes of a time period
 * @param votingInterval from one consensus to the next, whole seconds
 */
public record HsSchedule(int periodMinutes, Duration votingInterval) {
  /** The parameter {@code hsdir_interval}: minutes of a period. */
  public static final int DEFAULT_PERIOD_MINUTES = 1440;

  /** Least {@code hsdir_interval}. */
  public static final int MIN_PERIOD_MINUTES = 5;

  /** Greatest {@code hsdir_interval}: ten days. */
  public static final int MAX_PERIOD_MINUTES = 14400;

  private static final int ROUNDS = 24;
  private static final int ROUNDS_OF_PHASE = 12;
  private static final int SECONDS_PER_MINUTE = 60;

  /** Refuses lengths that are not positive. */
  public HsSchedule {
    if (periodMinutes <= 0 || votingInterval.toSeconds() <= 0) {
      throw new IllegalArgumentException("no such schedule");
    }
  }

  /**
   * The schedule of a network.
   *
   * @param hsdirInterval the consensus parameter {@code hsdir_interval}, minutes
   * @param votingInterval fresh-until minus valid-after of the consensus
   */
  public static HsSchedule of(int hsdirInterval, Duration votingInterval) {
    return new HsSchedule(hsdirInterval, votingInterval);
  }

  /** The schedule under {@code TestingTorNetwork}. At least a minute. */
  public static HsSchedule ofTestingNetwork(Duration votingInterval) {
    long minutes = ROUNDS * votingInterval.toSeconds() / SECONDS_PER_MINUTE;
    return new HsSchedule(Math.toIntExact(Math.max(1, minutes)), votingInterval);
  }

  /** The period at {@code time}, such as valid-after of the consensus. */
  public TimePeriod periodAt(Instant time) {
    long minutes = time.getEpochSecond() / SECONDS_PER_MINUTE - offset() / SECONDS_PER_MINUTE;
    return new TimePeriod(Math.max(0, minutes / periodMinutes), periodMinutes);
  }

  /** When {@code period} begins. */
  public Instant startOf(TimePeriod period) {
    return Instant.ofEpochSecond(period.number() * periodMinutes * SECONDS_PER_MINUTE + offset());
  }

  /** When the shared-random run began that the consensus of {@code validAfter} belongs to. */
  public Instant runStart(Instant validAfter) {
    long interval = votingInterval.toSeconds();
    long round = validAfter.getEpochSecond() / interval % ROUNDS;
    return Instant.ofEpochSecond(validAfter.getEpochSecond() - round * interval);
  }

  /** When the run before that one began. */
  public Instant previousRunStart(Instant validAfter) {
    return runStart(validAfter).minus(votingInterval.multipliedBy(ROUNDS));
  }

  /** When the next run begins, at which services rotate their descriptors. */
  public Instant nextRunStart(Instant validAfter) {
    return runStart(validAfter).plus(votingInterval.multipliedBy(ROUNDS));
  }

  /**
   * Whether {@code validAfter} lies after the start of a period and before that of the next run:
   * then clients use the current shared random value, else the previous one.
   */
  public boolean isBetweenPeriodAndRun(Instant validAfter) {
    Instant run = runStart(validAfter);
    Instant nextPeriod = startOf(periodAt(run).next());
    return validAfter.isBefore(run) || !validAfter.isBefore(nextPeriod);
  }

  /** Seconds from the start of a run to that of a period. */
  private long offset() {
    return ROUNDS_OF_PHASE * votingInterval.toSeconds();
  }
}
