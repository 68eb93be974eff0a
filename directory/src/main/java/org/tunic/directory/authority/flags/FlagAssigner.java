package org.tunic.directory.authority.flags;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Decides about the flags of each relay.
 *
 * <p>Spec: dir-spec/assigning-flags-vote. Threads: immutable.
 */
public final class FlagAssigner {
  /** Flags that every authority has an opinion on. */
  private static final List<String> UNIVERSAL =
      List.of(
          "Authority",
          "Exit",
          "Fast",
          "Guard",
          "HSDir",
          "Stable",
          "StaleDesc",
          "Sybil",
          "V2Dir",
          "Valid");

  private static final Duration STALE = Duration.ofHours(18);

  /** Slack in waiting for the uptime that HSDir asks for, because reachability tests take time. */
  private static final double HSDIR_SLACK = 1.1;

  private final FlagSettings settings;
  private final FlagThresholds thresholds;
  private final boolean allowPrivate;
  private final boolean opinionOnRunning;
  private final Duration ownUptime;
  private final Instant now;

  /**
   * Prepares for one vote.
   *
   * @param allowPrivate DirAllowPrivateAddresses
   * @param ownUptime how long this authority has been running
   */
  public FlagAssigner(
      FlagSettings settings,
      FlagThresholds thresholds,
      boolean allowPrivate,
      Duration ownUptime,
      Instant now) {
    this.settings = settings;
    this.thresholds = thresholds;
    this.allowPrivate = allowPrivate;
    this.ownUptime = ownUptime;
    this.now = now;
    this.opinionOnRunning = ownUptime.compareTo(settings.timeToLearnReachability()) > 0;
  }

  /** The flags we have an opinion on. */
  public SortedSet<String> knownFlags() {
    SortedSet<String> known = new TreeSet<>(UNIVERSAL);
    if (opinionOnRunning) {
      known.add("Running");
    }
    if (settings.listBadExits()) {
      known.add("BadExit");
    }
    if (settings.listMiddleOnly()) {
      known.add("MiddleOnly");
    }
    return known;
  }

  /** The flags of one relay. */
  public SortedSet<String> flags(KnownRelay relay) {
    SortedSet<String> flags = new TreeSet<>();
    boolean stable = isStable(relay);
    boolean fast =
        relay.credibleBandwidth(thresholds.ignoreAdvertised()) >= thresholds.fastBandwidth();
    boolean directory = relay.descriptor().contents().servesDirectory();
    set(flags, "Authority", relay.authority());
    set(flags, "Exit", relay.isExit(allowPrivate));
    set(flags, "Stable", stable);
    set(flags, "Fast", fast);
    set(flags, "Running", relay.running());
    set(flags, "Valid", !relay.marks().invalid());
    set(flags, "V2Dir", directory);
    set(flags, "HSDir", stable && fast && isHsDir(relay));
    set(flags, "Guard", stable && fast && directory && isGuard(relay));
    set(flags, "BadExit", settings.listBadExits() && relay.marks().badExit());
    if (settings.listMiddleOnly() && relay.marks().middleOnly()) {
      flags.add("MiddleOnly");
      set(flags, "BadExit", settings.listBadExits());
      flags.removeAll(List.of("Exit", "Guard", "HSDir", "V2Dir"));
    }
    strip(flags, "Guard", relay.marks().stripGuard());
    strip(flags, "HSDir", relay.marks().stripHsDir());
    strip(flags, "V2Dir", relay.marks().stripV2Dir());
    set(flags, "StaleDesc", relay.descriptor().published().plus(STALE).isBefore(now));
    override(flags, relay);
    if (relay.sybil()) {
      flags.removeAll(
          List.of(
              "Authority",
              "Exit",
              "Stable",
              "Fast",
              "Running",
              "Valid",
              "HSDir",
              "V2Dir",
              "Guard"));
      flags.add("Sybil");
    }
    strip(flags, "Running", !opinionOnRunning);
    return flags;
  }

  private boolean isStable(KnownRelay relay) {
    if (thresholds.enoughMtbf()) {
      double mtbf = relay.stability().meanTimeBetweenFailures();
      return mtbf >= thresholds.stableMtbf() || mtbf >= settings.stableGuaranteeMtbf().toSeconds();
    }
    long uptime = relay.claimedUptime(now);
    return uptime >= thresholds.stableUptime()
        || uptime >= settings.stableGuaranteeUptime().toSeconds();
  }

  private boolean isHsDir(KnownRelay relay) {
    var contents = relay.descriptor().contents();
    long needed = settings.minUptimeHsDir().toSeconds();
    long uptime = relay.claimedUptime(now);
    if (ownUptime.toSeconds()
        > needed * HSDIR_SLACK) { // only then our own tests tell more than the relay does
      uptime = Math.min(uptime, relay.stability().uptime());
    }
    return contents.hiddenServiceDir()
        && contents.servesDirectory()
        && uptime >= needed
        && relay.isActive(now);
  }

  private boolean isGuard(KnownRelay relay) {
    long bandwidth = relay.credibleBandwidth(thresholds.ignoreAdvertised());
    boolean guaranteed =
        settings.guardBandwidthGuarantee() > 0
            && bandwidth >= settings.guardBandwidthGuarantee() / 1000;
    boolean enough =
        bandwidth
            >= Math.min(
                thresholds.guardBandwidthWithExits(), thresholds.guardBandwidthWithoutExits());
    return (guaranteed || enough)
        && relay.stability().weightedUptime() >= thresholds.guardUptime()
        && relay.stability().timeKnown() >= thresholds.guardTimeKnown();
  }

  private void override(SortedSet<String> flags, KnownRelay relay) {
    InetAddress address = relay.descriptor().contents().orPort().inetAddress();
    int port = relay.descriptor().contents().orPort().port();
    String nickname = relay.descriptor().nickname();
    boolean guard = settings.voteGuard().contains(relay.identity(), nickname, address, port);
    set(flags, "Guard", guard);
    if (settings.testing()) {
      strip(flags, "Guard", !guard && settings.voteGuardIsStrict());
      boolean exit = settings.voteExit().contains(relay.identity(), nickname, address, port);
      set(flags, "Exit", exit);
      strip(flags, "Exit", !exit && settings.voteExitIsStrict());
      boolean hsDir = settings.voteHsDir().contains(relay.identity(), nickname, address, port);
      set(flags, "HSDir", hsDir);
      strip(flags, "HSDir", !hsDir && settings.voteHsDirIsStrict());
    }
  }

  private static void set(SortedSet<String> flags, String flag, boolean condition) {
    if (condition) {
      flags.add(flag);
    }
  }

  private static void strip(SortedSet<String> flags, String flag, boolean condition) {
    if (condition) {
      flags.remove(flag);
    }
  }
}
