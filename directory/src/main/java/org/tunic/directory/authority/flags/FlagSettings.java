package org.tunic.directory.authority.flags;

import java.time.Duration;

/**
 * The torrc options that decide about flags. Byte amounts are bytes a second.
 *
 * @param testing TestingTorNetwork
 * @param timeToLearnReachability TestingAuthDirTimeToLearnReachability: so long after the start
 *     there is no opinion on Running
 * @param minUptimeHsDir MinUptimeHidServDirectoryV2
 * @param voteExit TestingDirAuthVoteExit, in testing networks only
 * @param voteExitIsStrict TestingDirAuthVoteExitIsStrict: no other relay gets the flag
 * @param voteGuard TestingDirAuthVoteGuard; in other networks AuthDirVoteGuard
 * @param voteGuardIsStrict TestingDirAuthVoteGuardIsStrict
 * @param voteHsDir TestingDirAuthVoteHSDir, in testing networks only
 * @param voteHsDirIsStrict TestingDirAuthVoteHSDirIsStrict
 * @param testingMinExitFlagThreshold TestingMinExitFlagThreshold
 * @param testingMinFastFlagThreshold TestingMinFastFlagThreshold
 * @param fastGuarantee AuthDirFastGuarantee; 0 for none
 * @param guardBandwidthGuarantee AuthDirGuardBWGuarantee; 0 for none
 * @param guardBandwidthFraction AuthDirVoteGuardBwThresholdFraction, 0 to 1
 * @param guardGuaranteeTimeKnown AuthDirVoteGuardGuaranteeTimeKnown
 * @param guardGuaranteeUptime AuthDirVoteGuardGuaranteeWFU, 0 to 1
 * @param stableGuaranteeUptime AuthDirVoteStableGuaranteeMinUptime
 * @param stableGuaranteeMtbf AuthDirVoteStableGuaranteeMTBF
 * @param listBadExits AuthDirListBadExits
 * @param listMiddleOnly AuthDirListMiddleOnly
 * @param minMeasuredToIgnoreAdvertised MinMeasuredBWsForAuthToIgnoreAdvertised
 *     <p>Spec: tor(1), dir-spec/assigning-flags-vote. Threads: immutable.
 */
public record FlagSettings(
    boolean testing,
    Duration timeToLearnReachability,
    Duration minUptimeHsDir,
    RelaySet voteExit,
    boolean voteExitIsStrict,
    RelaySet voteGuard,
    boolean voteGuardIsStrict,
    RelaySet voteHsDir,
    boolean voteHsDirIsStrict,
    long testingMinExitFlagThreshold,
    long testingMinFastFlagThreshold,
    long fastGuarantee,
    long guardBandwidthGuarantee,
    double guardBandwidthFraction,
    Duration guardGuaranteeTimeKnown,
    double guardGuaranteeUptime,
    Duration stableGuaranteeUptime,
    Duration stableGuaranteeMtbf,
    boolean listBadExits,
    boolean listMiddleOnly,
    int minMeasuredToIgnoreAdvertised) {

  /** C tor's defaults for the public network. */
  public static FlagSettings defaults() {
    return new FlagSettings(
        false,
        Duration.ofMinutes(30),
        Duration.ofDays(4),
        RelaySet.NONE,
        false,
        RelaySet.NONE,
        false,
        RelaySet.NONE,
        false,
        0,
        0,
        100 * 1024,
        2 * 1024 * 1024,
        0.75,
        Duration.ofDays(8),
        0.98,
        Duration.ofDays(30),
        Duration.ofDays(5),
        false,
        false,
        500);
  }

  /** What TestingTorNetwork changes, with the three TestingDirAuthVote sets. */
  public static FlagSettings testing(RelaySet exit, RelaySet guard, RelaySet hsDir) {
    FlagSettings d = defaults();
    return new FlagSettings(
        true,
        Duration.ZERO,
        Duration.ZERO,
        exit,
        false,
        guard,
        false,
        hsDir,
        false,
        0,
        0,
        d.fastGuarantee,
        d.guardBandwidthGuarantee,
        d.guardBandwidthFraction,
        d.guardGuaranteeTimeKnown,
        d.guardGuaranteeUptime,
        d.stableGuaranteeUptime,
        d.stableGuaranteeMtbf,
        false,
        false,
        d.minMeasuredToIgnoreAdvertised);
  }
}
