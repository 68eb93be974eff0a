package org.tunic.directory.authority.flags;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What a relay must reach to get Stable, Fast and Guard, derived from all active relays.
 *
 * @param stableUptime seconds
 * @param stableMtbf seconds
 * @param fastBandwidth kilobytes a second
 * @param guardUptime fraction of time, 0 to 1
 * @param guardTimeKnown seconds
 * @param guardBandwidthWithExits kilobytes a second
 * @param guardBandwidthWithoutExits kilobytes a second
 * @param enoughMtbf whether relays were watched for long enough to judge by mean time between
 *     failures
 * @param ignoreAdvertised whether so many relays are measured that what others claim does not count
 *     <p>Spec: dir-spec/assigning-flags-vote, dir-spec/consensus-formats#item:flag-thresholds.
 *     Threads: immutable.
 */
public record FlagThresholds(
    long stableUptime,
    double stableMtbf,
    long fastBandwidth,
    double guardUptime,
    long guardTimeKnown,
    long guardBandwidthWithExits,
    long guardBandwidthWithoutExits,
    boolean enoughMtbf,
    boolean ignoreAdvertised) {
  /** Kilobytes a second below which relays do not count (outside testing networks). */
  private static final long MIN_BANDWIDTH = 4;

  /**
   * Below so many kilobytes a second the Fast threshold is taken from a quarter of the relays, not
   * an eighth.
   */
  private static final long LOW_FAST_BANDWIDTH = 38;

  /**
   * Computes them.
   *
   * @param enoughMtbf {@link StabilityHistory#isLongEnough}
   * @param fastMax consensus parameter FastFlagMaxThreshold in bytes a second, {@code
   *     Integer.MAX_VALUE} without
   * @param fastMin consensus parameter FastFlagMinThreshold in bytes a second
   */
  public static FlagThresholds compute(
      Collection<KnownRelay> relays,
      FlagSettings settings,
      boolean allowPrivate,
      boolean enoughMtbf,
      int fastMin,
      int fastMax,
      Instant now) {
    boolean ignoreAdvertised =
        relays.stream().filter(r -> r.measured() >= 0).count()
            > settings.minMeasuredToIgnoreAdvertised();
    long least = settings.testing() ? settings.testingMinExitFlagThreshold() / 1000 : MIN_BANDWIDTH;
    List<KnownRelay> active =
        relays.stream()
            .filter(r -> r.isActive(now) && !r.sybil())
            .filter(r -> r.credibleBandwidth(ignoreAdvertised) >= least)
            .filter(r -> r.measured() >= 0 || !ignoreAdvertised)
            .toList();
    List<KnownRelay> nonExits =
        active.stream().filter(r -> !r.isExit(allowPrivate) || r.marks().badExit()).toList();
    long[] bandwidths = sorted(active, r -> r.credibleBandwidth(ignoreAdvertised));
    long[] withoutExits = sorted(nonExits, r -> r.credibleBandwidth(ignoreAdvertised));
    long[] timesKnown = sorted(active, r -> r.stability().timeKnown());
    long guardTimeKnown =
        Math.min(
            nth(timesKnown, timesKnown.length / 8), settings.guardGuaranteeTimeKnown().toSeconds());
    double[] uptimes =
        active.stream()
            .filter(r -> r.stability().timeKnown() >= guardTimeKnown)
            .mapToDouble(r -> r.stability().weightedUptime())
            .sorted()
            .toArray();
    double[] mtbfs =
        active.stream()
            .mapToDouble(r -> r.stability().meanTimeBetweenFailures())
            .sorted()
            .toArray();
    long[] claimed = sorted(active, r -> r.claimedUptime(now));
    return new FlagThresholds(
        nth(claimed, (claimed.length - 1) / 2),
        mtbfs.length == 0 ? 0 : mtbfs[(mtbfs.length - 1) / 2],
        fast(bandwidths, settings, fastMin, fastMax),
        Math.min(
            uptimes.length == 0 ? 0 : uptimes[(uptimes.length - 1) / 2],
            settings.guardGuaranteeUptime()),
        guardTimeKnown,
        nth(bandwidths, (int) (bandwidths.length * settings.guardBandwidthFraction())),
        nth(withoutExits, (int) (withoutExits.length * settings.guardBandwidthFraction())),
        enoughMtbf,
        ignoreAdvertised);
  }

  private static long fast(long[] bandwidths, FlagSettings settings, int fastMin, int fastMax) {
    long fast = nth(bandwidths, bandwidths.length / 8);
    if (fast < LOW_FAST_BANDWIDTH) {
      fast = nth(bandwidths, bandwidths.length / 4);
    }
    long min = settings.testing() ? settings.testingMinFastFlagThreshold() : fastMin;
    long max = Math.max(fastMax, min);
    fast = Math.min(Math.max(fast, min / 1000), max / 1000);
    long guaranteed = settings.fastGuarantee() / 1000;
    return settings.fastGuarantee() > 0 ? Math.min(fast, guaranteed) : fast;
  }

  private static long[] sorted(
      List<KnownRelay> relays, java.util.function.ToLongFunction<KnownRelay> value) {
    return relays.stream().mapToLong(value).sorted().toArray();
  }

  private static long nth(long[] sorted, int index) {
    return sorted.length == 0 ? 0 : sorted[index];
  }

  /** The value of the {@code flag-thresholds} line. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "stable-uptime=%d stable-mtbf=%d fast-speed=%d guard-wfu=%.3f%% guard-tk=%d guard-bw-inc-exits=%d"
            + " guard-bw-exc-exits=%d enough-mtbf=%d ignoring-advertised-bws=%d",
        stableUptime,
        (long) stableMtbf,
        fastBandwidth * 1000,
        guardUptime * 100,
        guardTimeKnown,
        guardBandwidthWithExits * 1000,
        guardBandwidthWithoutExits * 1000,
        enoughMtbf ? 1 : 0,
        ignoreAdvertised ? 1 : 0);
  }
}
