package org.tunic.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tunic.daemon.config.Config.Authority;
import org.tunic.daemon.config.Config.FlagRules;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.config.Config.RelayJudgements;
import org.tunic.daemon.config.Config.TestingFlags;
import org.tunic.daemon.config.Config.VotingSchedule;

/**
 * The rules for directory authorities, above all for the voting schedule.
 *
 * <p>Threads: one.
 */
final class AuthorityRules {
  /** Shortest VoteDelay and DistDelay. */
  private static final Duration MIN_DELAY = Duration.ofSeconds(2);

  /** Shortest voting interval outside testing networks. */
  private static final Duration MIN_INTERVAL = Duration.ofMinutes(5);

  /** Shortest voting interval of a testing network: twice both delays, and room. */
  private static final Duration MIN_TESTING_INTERVAL = Duration.ofSeconds(10);

  /** Shortest initial voting interval. */
  private static final Duration MIN_INITIAL_INTERVAL = Duration.ofSeconds(5);

  private static final Duration DAY = Duration.ofDays(1);

  private static final Pattern PARAM = Pattern.compile("[!-<>-~]{1,}=-?[0-9]{1,10}");

  private static final Pattern VERSION =
      Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(\\.[0-9]+)?(-[A-Za-z0-9.-]+)?");

  private final Rules rules;
  private final OptionValues values;

  AuthorityRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  /** The authority; empty if AuthoritativeDirectory is not set. */
  Optional<Authority> check(Optional<Relay> relay) throws ConfigException {
    if (!values.flag("AuthoritativeDirectory")) {
      if (values.flag("V3AuthoritativeDirectory")) {
        rules.warn("V3AuthoritativeDirectory", "has no effect without AuthoritativeDirectory 1");
      }
      return Optional.empty();
    }
    if (!values.flag("V3AuthoritativeDirectory")) {
      throw rules.refuse(
          "AuthoritativeDirectory", "does not say of which kind", "add V3AuthoritativeDirectory 1");
    }
    checkRelay(relay);
    return Optional.of(
        new Authority(
            schedule(),
            flagRules(),
            testingFlags(),
            params(),
            versions("RecommendedClientVersions"),
            versions("RecommendedServerVersions"),
            minimalVersion(),
            values.flag("AuthDirTestReachability"),
            values.flag("AuthDirHasIPv6Connectivity"),
            values.flag("AuthDirTestEd25519LinkKeys"),
            values.number("AuthDirMaxServersPerAddr"),
            values.flag("AuthDirPinKeys"),
            values.flag("AuthDirSharedRandomness"),
            relayJudgements()));
  }

  private void checkRelay(Optional<Relay> relay) throws ConfigException {
    if (values.flag("ClientOnly")) {
      throw rules.refuse(
          "AuthoritativeDirectory", "does not go with ClientOnly 1", "remove one of them");
    }
    if (relay.isEmpty()) {
      throw rules.refuse("AuthoritativeDirectory", "needs an ORPort", "add ORPort");
    }
    if (relay.get().dirPorts().stream().noneMatch(ServerPort::listen)) {
      throw rules.refuse("AuthoritativeDirectory", "needs a DirPort", "add DirPort");
    }
    if (relay.get().contact().isEmpty() && !values.flag("TestingTorNetwork")) {
      throw rules.refuse("AuthoritativeDirectory", "needs a ContactInfo", "add ContactInfo");
    }
    if (relay.get().publishedIpv4().isEmpty()) {
      throw rules.refuse(
          "AuthoritativeDirectory",
          "needs to know its own IPv4 address",
          "add Address, or write it into ORPort");
    }
  }

  private VotingSchedule schedule() throws ConfigException {
    VotingSchedule schedule =
        new VotingSchedule(
            values.interval("V3AuthVotingInterval"),
            values.interval("V3AuthVoteDelay"),
            values.interval("V3AuthDistDelay"),
            values.number("V3AuthNIntervalsValid"),
            values.interval("TestingV3AuthInitialVotingInterval"),
            values.interval("TestingV3AuthInitialVoteDelay"),
            values.interval("TestingV3AuthInitialDistDelay"),
            values.interval("TestingV3AuthVotingStartOffset"));
    checkInterval(schedule);
    checkInitial(schedule);
    return schedule;
  }

  private void checkInterval(VotingSchedule s) throws ConfigException {
    Duration interval = s.interval();
    if (s.voteDelay().plus(s.distDelay()).multipliedBy(2).compareTo(interval) >= 0) {
      throw rules.refuse(
          "V3AuthVotingInterval",
          "is too short for V3AuthVoteDelay plus V3AuthDistDelay",
          "make the interval more than twice their sum");
    }
    checkDelay("V3AuthVoteDelay");
    checkDelay("V3AuthDistDelay");
    if (s.intervalsValid() < 2) {
      throw rules.refuse("V3AuthNIntervalsValid", "is too low", "write at least 2");
    }
    boolean testing = values.flag("TestingTorNetwork");
    Duration least = testing ? MIN_TESTING_INTERVAL : MIN_INTERVAL;
    if (interval.compareTo(least) < 0) {
      throw rules.refuse(
          "V3AuthVotingInterval",
          "is too short",
          "write at least " + least.toSeconds() + " seconds");
    }
    if (interval.compareTo(DAY) > 0) {
      throw rules.refuse("V3AuthVotingInterval", "is too long", "write at most 24 hours");
    }
    if (interval.compareTo(MIN_INTERVAL) < 0) {
      rules.warn("V3AuthVotingInterval", "is very short; votes may miss each other");
    } else if (DAY.toSeconds() % interval.toSeconds() != 0) {
      rules.warn("V3AuthVotingInterval", "does not divide a day evenly");
    }
  }

  private void checkDelay(String option) throws ConfigException {
    if (values.interval(option).compareTo(MIN_DELAY) < 0) {
      throw rules.refuse(
          option, "is too short", "write at least " + MIN_DELAY.toSeconds() + " seconds");
    }
  }

  private void checkInitial(VotingSchedule s) throws ConfigException {
    Duration interval = s.initialInterval();
    String option = "TestingV3AuthInitialVotingInterval";
    if (interval.compareTo(MIN_INITIAL_INTERVAL) < 0) {
      throw rules.refuse(
          option,
          "is too short",
          "write at least " + MIN_INITIAL_INTERVAL.toSeconds() + " seconds");
    }
    if (Duration.ofMinutes(30).toSeconds() % interval.toSeconds() != 0) {
      throw rules.refuse(
          option,
          "does not divide 30 minutes evenly",
          "write one such as 5, 10, 30 or 150 seconds");
    }
    checkDelay("TestingV3AuthInitialVoteDelay");
    checkDelay("TestingV3AuthInitialDistDelay");
    if (s.initialVoteDelay().plus(s.initialDistDelay()).compareTo(interval) >= 0) {
      throw rules.refuse(
          option,
          "is too short for TestingV3AuthInitialVoteDelay plus TestingV3AuthInitialDistDelay",
          "make the interval longer than their sum");
    }
    Duration shorter = interval.compareTo(s.interval()) < 0 ? interval : s.interval();
    if (s.startOffset().compareTo(shorter) > 0) {
      throw rules.refuse(
          "TestingV3AuthVotingStartOffset",
          "is longer than a voting interval",
          "write at most " + shorter.toSeconds() + " seconds");
    }
  }

  private FlagRules flagRules() throws ConfigException {
    checkFraction("AuthDirVoteGuardBwThresholdFraction");
    return new FlagRules(
        values.bytes("AuthDirFastGuarantee"),
        values.bytes("AuthDirGuardBWGuarantee"),
        values.interval("AuthDirVoteStableGuaranteeMinUptime"),
        values.interval("AuthDirVoteStableGuaranteeMTBF"),
        values.interval("AuthDirVoteGuardGuaranteeTimeKnown"),
        values.real("AuthDirVoteGuardGuaranteeWFU"),
        values.real("AuthDirVoteGuardBwThresholdFraction"),
        values.interval("MinUptimeHidServDirectoryV2"),
        values.number("MinMeasuredBWsForAuthToIgnoreAdvertised"),
        values.routers("AuthDirVoteGuard"));
  }

  private RelayJudgements relayJudgements() throws ConfigException {
    return new RelayJudgements(
        rules.paths().of(values, "V3BandwidthsFile"),
        rules.paths().of(values, "GuardfractionFile"),
        values.flag("AuthDirListBadExits"),
        values.flag("AuthDirListMiddleOnly"),
        addresses("AuthDirReject"),
        addresses("AuthDirInvalid"),
        addresses("AuthDirBadExit"),
        addresses("AuthDirMiddleOnly"));
  }

  /** Rules without an action are about the addresses they name; ports mean nothing here. */
  private List<String> addresses(String option) throws ConfigException {
    List<String> addresses = new ArrayList<>();
    boolean ports = false;
    for (ConfigLine line : values.lines(option)) {
      for (String rule : OptionType.csv(line.value())) {
        String[] words = rule.split("[ \\t]+");
        boolean acts = words.length == 2 && AccessPolicies.ACTIONS.contains(words[0]);
        String pattern = words[words.length - 1];
        if ((words.length != 1 && !acts) || !AddressPattern.isValid(pattern)) {
          throw ConfigException.value(
              line,
              "has a rule that cannot be read: " + OneLine.quote(rule),
              "write ADDRESS[/BITS], with * for any");
        }
        String host = Addresses.hostOf(pattern);
        ports |= !pattern.equals(host) && !pattern.equals(host + ":*");
        addresses.add((acts ? words[0] + " " : "") + host + ":*");
      }
    }
    if (ports) {
      rules.warn(option, "has ports, which are ignored; leave them out");
    }
    return addresses;
  }

  private void checkFraction(String option) throws ConfigException {
    double fraction = values.real(option);
    if (fraction < 0 || fraction > 1) {
      throw rules.refuse(option, "is no fraction", "write a number from 0 to 1");
    }
  }

  private TestingFlags testingFlags() {
    return new TestingFlags(
        values.routers("TestingDirAuthVoteExit"),
        values.flag("TestingDirAuthVoteExitIsStrict"),
        values.routers("TestingDirAuthVoteGuard"),
        values.flag("TestingDirAuthVoteGuardIsStrict"),
        values.routers("TestingDirAuthVoteHSDir"),
        values.flag("TestingDirAuthVoteHSDirIsStrict"),
        values.bytes("TestingMinExitFlagThreshold"),
        values.bytes("TestingMinFastFlagThreshold"),
        values.interval("TestingAuthDirTimeToLearnReachability"));
  }

  private List<String> params() throws ConfigException {
    List<String> params = new ArrayList<>();
    for (ConfigLine line : values.lines("ConsensusParams")) {
      for (String param : line.value().strip().split("[ \\t]+")) {
        if (!PARAM.matcher(param).matches()) {
          throw ConfigException.value(
              line, "has " + OneLine.quote(param), "write NAME=NUMBER, with spaces between");
        }
        params.add(param);
      }
    }
    return params;
  }

  private List<String> versions(String option) throws ConfigException {
    List<ConfigLine> lines = values.lines(option);
    List<String> versions = new ArrayList<>();
    for (ConfigLine line : lines.isEmpty() ? values.lines("RecommendedVersions") : lines) {
      for (String version : OptionType.csv(line.value())) {
        if (!VERSION.matcher(version).matches()) {
          throw ConfigException.value(
              line, "has " + OneLine.quote(version), "write versions such as 0.4.9.11");
        }
        versions.add(version);
      }
    }
    if (!values.flag("VersioningAuthoritativeDirectory")) {
      return List.of();
    }
    if (versions.isEmpty()) {
      throw rules.refuse(
          "VersioningAuthoritativeDirectory", "has no versions to recommend", "add " + option);
    }
    return versions;
  }

  private String minimalVersion() throws ConfigException {
    String version = values.text("MinimalAcceptedServerVersion").orElse("");
    if (!VERSION.matcher(version).matches()) {
      throw rules.refuse(
          "MinimalAcceptedServerVersion", "is no version", "write one such as 0.4.8.0-alpha-dev");
    }
    return version;
  }
}
