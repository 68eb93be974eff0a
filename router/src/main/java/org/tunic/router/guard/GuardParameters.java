package org.tunic.router.guard;

import java.time.Duration;
import org.tunic.directory.view.ConsensusParameters;

/**
 * The numbers of guard selection that the consensus and the configuration may change.
 *
 * <p>Spec: guard-spec/appendices (parameters). Threads: immutable.
 *
 * @param maxSamplePercent the sample holds at most this share of all guards, percent
 * @param maxSample and at most this many guards
 * @param minFilteredSample the sample grows until this many of it are usable, over both limits
 * @param removeUnlistedAfter how long a guard may be missing from the consensus
 * @param lifetime how long a guard stays that was never used
 * @param confirmedLifetime how long a used guard stays
 * @param primaries how many guards are primary
 * @param primariesToUse how many of them are in use at a time
 * @param directoriesToUse how many of them are asked for directory documents
 * @param likelyDown without any success for this long we were probably offline
 * @param connectTimeout a circuit over a guard that is not primary keeps those over lower guards
 *     waiting for this long at most while it is built
 * @param idleTimeout how long a circuit waits for a better guard at most
 * @param meaningfulPercent a configuration that leaves less than this share of all guards gets a
 *     sample of its own, percent
 * @param extremePercent one that leaves less than this share makes us stand out, percent
 */
public record GuardParameters(
    int maxSamplePercent,
    int maxSample,
    int minFilteredSample,
    Duration removeUnlistedAfter,
    Duration lifetime,
    Duration confirmedLifetime,
    int primaries,
    int primariesToUse,
    int directoriesToUse,
    Duration likelyDown,
    Duration connectTimeout,
    Duration idleTimeout,
    int meaningfulPercent,
    int extremePercent) {
  /** Guards. A consensus cannot make us keep more. */
  static final int SAMPLE_BOUND = 1000;

  private static final int MAX_DAYS = 365 * 10;

  /** The values {@code settings} asks for, those of {@code params}, or the defaults. */
  public static GuardParameters of(ConsensusParameters params, GuardSettings settings) {
    boolean ownLifetime = settings.hasLifetime();
    return new GuardParameters(
        params.get("guard-max-sample-threshold-percent", 20, 1, 100),
        params.get("guard-max-sample-size", 60, 1, SAMPLE_BOUND),
        params.get("guard-min-filtered-sample-size", 20, 1, SAMPLE_BOUND),
        days(params, "guard-remove-unlisted-guards-after-days", 20),
        ownLifetime ? settings.lifetime() : days(params, "guard-lifetime-days", 120),
        ownLifetime ? settings.lifetime() : days(params, "guard-confirmed-min-lifetime-days", 60),
        count(settings.primaries(), params, "guard-n-primary-guards", 3),
        count(settings.inUse(), params, "guard-n-primary-guards-to-use", 1),
        count(settings.directories(), params, "guard-n-primary-dir-guards-to-use", 3),
        seconds(params, "guard-internet-likely-down-interval", 600),
        seconds(params, "guard-nonprimary-guard-connect-timeout", 15),
        seconds(params, "guard-nonprimary-guard-idle-timeout", 600),
        params.get("guard-meaningful-restriction-percent", 20, 1, Integer.MAX_VALUE),
        params.get("guard-extreme-restriction-percent", 1, 1, 100));
  }

  private static int count(int configured, ConsensusParameters params, String name, int normal) {
    return configured > 0
        ? Math.min(configured, SAMPLE_BOUND)
        : params.get(name, normal, 1, SAMPLE_BOUND);
  }

  private static Duration seconds(ConsensusParameters params, String name, int normal) {
    return Duration.ofSeconds(params.get(name, normal, 1, Integer.MAX_VALUE));
  }

  private static Duration days(ConsensusParameters params, String name, int normal) {
    return Duration.ofDays(params.get(name, normal, 1, MAX_DAYS));
  }

  /** The largest sample allowed in a network of {@code guards} guards. */
  int sampleLimit(int guards) {
    int byShare = (int) ((long) guards * maxSamplePercent / 100);
    return Math.max(Math.min(byShare, maxSample), minFilteredSample);
  }
}
