package org.tunic.directory.authority.flags;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * Remembers when relays were reachable, and forgets slowly: every twelve hours what was counts five
 * percent less.
 *
 * <p>Spec: dir-spec/assigning-flags-vote (MTBF and weighted fractional uptime). Threads: one caller
 * at a time; its owner guards it.
 */
public final class StabilityHistory {
  /** Most relays remembered; beyond it new ones are not. */
  public static final int MAX_RELAYS = 50_000;

  private static final double ALPHA = 0.95;
  private static final double EPSILON = 0.0001;
  private static final Duration DISCOUNT_INTERVAL = Duration.ofHours(12);
  private static final Duration ENOUGH = Duration.ofHours(4);

  /** How long a changed address counts as downtime if there is no consensus to derive it from. */
  private static final long ADDRESS_CHANGE_PENALTY = 3600;

  private static final long ADDRESS_CHANGE_PENALTY_TESTING = 240;

  /** Times in seconds since 1970; 0 for none. */
  private static final class Run {
    long startOfRun;
    long startOfDowntime;
    double weightedRunLength;
    double runWeights;
    double weightedUptime;
    double totalWeightedTime;
    @Nullable RelayAddress reachedAt;
  }

  private final Map<RsaIdentity, Run> runs = new HashMap<>();
  private final boolean testing;
  private @Nullable Instant trackingSince;
  private @Nullable Instant discounted;

  public StabilityHistory(boolean testing) {
    this.testing = testing;
  }

  /** A test reached the relay at this address. */
  public void reachable(RsaIdentity relay, RelayAddress at, Instant when) {
    Run run = run(relay, when);
    if (run == null) {
      return;
    }
    boolean moved = run.reachedAt != null && !run.reachedAt.equals(at) && run.startOfDowntime == 0;
    if (moved) {
      end(
          run,
          when.getEpochSecond()
              - (testing ? ADDRESS_CHANGE_PENALTY_TESTING : ADDRESS_CHANGE_PENALTY));
    }
    start(run, when.getEpochSecond());
    run.reachedAt = at;
  }

  /** The relay has not been reachable since {@code when}. */
  public void unreachable(RsaIdentity relay, Instant when) {
    Run run = run(relay, when);
    if (run != null) {
      end(run, when.getEpochSecond());
    }
  }

  /**
   * Takes back all good that was remembered of a relay that looks like one of a crowd at one
   * address.
   */
  public void makePessimal(RsaIdentity relay, Instant when) {
    Run run = run(relay, when);
    if (run != null) {
      end(run, when.getEpochSecond());
      run.weightedRunLength = 0;
      run.weightedUptime = 0;
    }
  }

  public Stability of(RsaIdentity relay, Instant now) {
    Run run = runs.get(relay);
    if (run == null) {
      return Stability.UNKNOWN;
    }
    double lengths = run.weightedRunLength;
    double weights = run.runWeights;
    double up = run.weightedUptime;
    double total = run.totalWeightedTime;
    long uptime = 0;
    if (run.startOfRun != 0) {
      uptime = now.getEpochSecond() - run.startOfRun;
      lengths += uptime;
      weights += 1;
      up += uptime;
      total += uptime;
    } else if (run.startOfDowntime != 0) {
      total += now.getEpochSecond() - run.startOfDowntime;
    }
    return new Stability(
        total == 0 ? 0 : up / total,
        (long) total,
        weights < EPSILON ? 0 : lengths / weights,
        Math.max(0, uptime));
  }

  /**
   * Whether relays were watched for long enough to judge them by their mean time between failures.
   */
  public boolean isLongEnough(Instant now) {
    return trackingSince != null && trackingSince.isBefore(now.minus(ENOUGH));
  }

  /**
   * Lets old time count less and forgets relays of which nothing is left. Call it every now and
   * then.
   */
  public void discount(Instant now) {
    Instant last = discounted == null ? now : discounted;
    double alpha = 1;
    while (!last.plus(DISCOUNT_INTERVAL).isAfter(now)) {
      last = last.plus(DISCOUNT_INTERVAL);
      alpha *= ALPHA;
    }
    discounted = last;
    double factor = alpha;
    if (factor == 1) {
      return;
    }
    for (Run run : runs.values()) {
      run.weightedRunLength *= factor;
      run.runWeights *= factor;
      run.weightedUptime *= factor;
      run.totalWeightedTime *= factor;
    }
    runs.values().removeIf(run -> run.runWeights < EPSILON && run.startOfRun == 0);
  }

  /** The run of a relay; null if there are too many relays to remember another one. */
  private @Nullable Run run(RsaIdentity relay, Instant when) {
    trackingSince = trackingSince == null ? when : trackingSince;
    Run run = runs.get(relay);
    if (run == null && runs.size() < MAX_RELAYS) {
      run = new Run();
      runs.put(relay, run);
    }
    return run;
  }

  private static void start(Run run, long when) {
    if (run.startOfRun == 0) {
      run.startOfRun = when;
    }
    if (run.startOfDowntime != 0) {
      run.totalWeightedTime += when - run.startOfDowntime;
      run.startOfDowntime = 0;
    }
  }

  private static void end(Run run, long when) {
    if (run.startOfRun != 0) {
      long length = when - run.startOfRun;
      run.runWeights += 1;
      run.startOfRun = 0;
      run.weightedRunLength = Math.max(0, run.weightedRunLength + length);
      run.weightedUptime = Math.max(0, run.weightedUptime + length);
      run.totalWeightedTime += Math.max(0, length);
    }
    if (run.startOfDowntime == 0) {
      run.startOfDowntime = when;
    }
  }
}
