package org.tunic.router.guard;

import java.time.Duration;
import org.tunic.directory.view.ConsensusParameters;

/**
 * The numbers of guard selection that the consensus may change.
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
    Duration likelyDown) {
  /** Guards. A consensus cannot make us keep more. */
  static final int SAMPLE_BOUND = 1000;

  private static final int MAX_DAYS = 365 * 10;

  /** The values {@code params} asks for, or their defaults. */
  public static GuardParameters of(ConsensusParameters params) {
    return new GuardParameters(
        params.get("guard-max-sample-threshold-percent", 20, 1, 100),
        params.get("guard-max-sample-size", 60, 1, SAMPLE_BOUND),
        params.get("guard-min-filtered-sample-size", 20, 1, SAMPLE_BOUND),
        days(params, "guard-remove-unlisted-guards-after-days", 20),
        days(params, "guard-lifetime-days", 120),
        days(params, "guard-confirmed-min-lifetime-days", 60),
        params.get("guard-n-primary-guards", 3, 1, SAMPLE_BOUND),
        params.get("guard-n-primary-guards-to-use", 1, 1, SAMPLE_BOUND),
        params.get("guard-n-primary-dir-guards-to-use", 3, 1, SAMPLE_BOUND),
        Duration.ofSeconds(
            params.get("guard-internet-likely-down-interval", 600, 1, Integer.MAX_VALUE)));
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
