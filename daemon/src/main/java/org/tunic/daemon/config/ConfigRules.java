package org.tunic.daemon.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tunic.daemon.config.Config.Authority;
import org.tunic.daemon.config.Config.Client;
import org.tunic.daemon.config.Config.Directories;
import org.tunic.daemon.config.Config.Logs;
import org.tunic.daemon.config.Config.Network;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.config.Config.SafeLogging;

/**
 * Makes a {@link Config} of single options: C tor's rules for what goes together.
 *
 * <p>Threads: one.
 */
final class ConfigRules {
  private static final int DEFAULT_SOCKS_PORT = 9050;
  private static final int MAX_PENDING_CIRCUITS = 1024;
  private static final Duration MIN_HEARTBEAT = Duration.ofMinutes(30);
  private static final Duration MIN_DIRTINESS = Duration.ofSeconds(10);
  private static final Duration MAX_DIRTINESS = Duration.ofDays(30);
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Options that other networks than testing ones must leave alone. */
  private static final List<String> TESTING_ONLY =
      List.of(
          "TestingV3AuthInitialVotingInterval",
          "TestingV3AuthInitialVoteDelay",
          "TestingV3AuthInitialDistDelay",
          "TestingV3AuthVotingStartOffset",
          "TestingAuthDirTimeToLearnReachability",
          "TestingServerDownloadInitialDelay",
          "TestingClientDownloadInitialDelay",
          "TestingServerConsensusDownloadInitialDelay",
          "TestingClientConsensusDownloadInitialDelay",
          "TestingBridgeDownloadInitialDelay",
          "TestingBridgeBootstrapDownloadInitialDelay",
          "TestingClientMaxIntervalWithoutRequest",
          "TestingDirConnectionMaxStall",
          "TestingAuthKeyLifetime",
          "TestingLinkCertLifetime",
          "TestingSigningKeySlop",
          "TestingAuthKeySlop",
          "TestingLinkKeySlop",
          "TestingMinTimeToReportBandwidth",
          "TestingEnableConnBwEvent",
          "TestingEnableCellStatsEvent");

  private final Rules rules;
  private final OptionValues values;

  ConfigRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  Config check() throws ConfigException {
    Directories directories = directories();
    Logs logs = logs();
    List<ClientPort> socksPorts = socksPorts();
    List<ClientPort> httpTunnelPorts =
        new PortParser(rules.warnings()).client(values.lines("HTTPTunnelPort"), LOOPBACK);
    Optional<Relay> relay = new RelayRules(rules).check();
    Optional<Authority> authority = new AuthorityRules(rules).check(relay);
    Network network = network();
    checkTestingOnly();
    new FormRules(rules).check();
    OnionOptions onions =
        new OnionRules(rules)
            .check(relay.isPresent(), !socksPorts.isEmpty() || !httpTunnelPorts.isEmpty());
    if (socksPorts.isEmpty()
        && httpTunnelPorts.isEmpty()
        && relay.isEmpty()
        && onions.services().isEmpty()) {
      rules.warnings().accept(ConfigLoader.NOTHING_TO_DO);
    }
    return new Config(
        directories,
        new Config.ProcessOptions(
            rules.paths().of(values, "PidFile"),
            values.number("NumCPUs"),
            values.interval("ShutdownWaitLength"),
            heartbeatPeriod(),
            values.text("User"),
            values.flag("RunAsDaemon"),
            values.auto("KeepBindCapabilities")),
        logs,
        network,
        relay,
        authority,
        client(socksPorts, httpTunnelPorts, authority.isPresent() || onions.singleHop()),
        onions,
        NodeOptions.of(rules, relay.isPresent()),
        CircuitOptions.of(rules, authority.isPresent()),
        new LimitRules(rules).check(relay.isPresent()),
        new LinkRules(rules).check(relay.isPresent()),
        new PortParser(rules.warnings()).metrics(values.lines("MetricsPort"), LOOPBACK),
        AccessPolicies.of(values),
        values);
  }

  private Duration heartbeatPeriod() {
    Duration period = values.interval("HeartbeatPeriod");
    if (!values.flag("TestingTorNetwork")
        && !period.isZero()
        && period.compareTo(MIN_HEARTBEAT) < 0) {
      rules.warn(
          "HeartbeatPeriod", "is too short; " + MIN_HEARTBEAT.toSeconds() + " seconds is used");
      return MIN_HEARTBEAT;
    }
    return period;
  }

  private Directories directories() throws ConfigException {
    Optional<Path> set = rules.paths().of(values, "DataDirectory");
    Path data =
        set.isPresent()
            ? set.get()
            : rules
                .paths()
                .home()
                .map(home -> home.resolve(".tor"))
                .orElseThrow(
                    () ->
                        new ConfigException(
                            "DataDirectory is not set and HOME is not set either; add DataDirectory"));
    Path keys = rules.paths().of(values, "KeyDirectory").orElse(data.resolve("keys"));
    Path cache = rules.paths().of(values, "CacheDirectory").orElse(data);
    return new Directories(data, keys, cache);
  }

  private Logs logs() throws ConfigException {
    List<LogTarget> targets = new ArrayList<>();
    for (ConfigLine line : values.lines("Log")) {
      targets.add(LogLineParser.parse(line, rules.paths(), rules.warnings()));
    }
    String safe = values.text("SafeLogging").orElse("0");
    SafeLogging safeLogging =
        switch (safe.toLowerCase(Locale.ROOT)) {
          case "0" -> SafeLogging.OFF;
          case "relay" -> SafeLogging.RELAY;
          case "1" -> SafeLogging.ALL;
          default -> throw rules.refuse("SafeLogging", OneLine.quote(safe), "write 0, 1 or relay");
        };
    return new Logs(
        targets,
        safeLogging,
        granularity(),
        values.flag("LogMessageDomains"),
        values.flag("TruncateLogFile"),
        values.flag("ProtocolWarnings"));
  }

  /** A divisor or a multiple of a second; what is neither is rounded up to the next one. */
  private Duration granularity() throws ConfigException {
    long wanted = values.interval("LogTimeGranularity").toMillis();
    if (wanted <= 0) {
      throw rules.refuse("LogTimeGranularity", "is not positive", "write one such as 1 second");
    }
    long millis = wanted;
    while (millis < 1000 ? 1000 % millis != 0 : millis % 1000 != 0) {
      millis++;
    }
    if (millis != wanted) {
      rules.warn(
          "LogTimeGranularity",
          "is neither a divisor nor a multiple of a second; " + millis + " msec is used");
    }
    return Duration.ofMillis(millis);
  }

  private List<ClientPort> socksPorts() throws ConfigException {
    PortParser parser = new PortParser(rules.warnings());
    List<ConfigLine> lines = values.lines("SocksPort");
    if (!lines.isEmpty()) {
      return parser.client(lines, LOOPBACK);
    }
    ConfigLine builtIn =
        new ConfigLine(
            Origin.DEFAULT,
            ConfigLine.Command.SET,
            "SocksPort",
            Integer.toString(DEFAULT_SOCKS_PORT));
    return List.of(
        parser.plainClient(builtIn, new InetSocketAddress(LOOPBACK, DEFAULT_SOCKS_PORT)));
  }

  private Network network() throws ConfigException {
    boolean own = !values.lines("DirAuthority").isEmpty();
    List<DirAuthority> authorities = new ArrayList<>();
    for (ConfigLine line : values.lines(own ? "DirAuthority" : "AlternateDirAuthority")) {
      authorities.add(DirAuthority.parse(line, rules.warnings()));
    }
    List<FallbackDir> fallbacks = new ArrayList<>();
    for (ConfigLine line : values.lines("FallbackDir")) {
      fallbacks.add(FallbackDir.parse(line));
    }
    boolean testing = values.flag("TestingTorNetwork");
    if (testing && authorities.isEmpty()) {
      throw rules.refuse(
          "TestingTorNetwork", "needs authorities of its own", "add DirAuthority lines");
    }
    if (!values.flag("ClientDNSRejectInternalAddresses") && authorities.isEmpty()) {
      throw rules.refuse(
          "ClientDNSRejectInternalAddresses",
          "may be 0 only in a network with authorities of its own",
          "add DirAuthority lines or remove it");
    }
    if (testing) {
      rules.warn("TestingTorNetwork", "is set: use it for networks of your own only");
    }
    return new Network(testing, authorities, fallbacks, values.flag("DirAllowPrivateAddresses"));
  }

  private void checkTestingOnly() throws ConfigException {
    if (values.flag("TestingTorNetwork")) {
      return;
    }
    for (String option : TESTING_ONLY) {
      if (!values.isDefault(option)) {
        throw rules.refuse(
            option,
            "may be changed in testing networks only",
            "add TestingTorNetwork 1 or remove it");
      }
    }
  }

  private Client client(
      List<ClientPort> socksPorts, List<ClientPort> httpTunnelPorts, boolean withoutGuards)
      throws ConfigException {
    int pending = values.number("MaxClientCircuitsPending");
    if (pending < 1 || pending > MAX_PENDING_CIRCUITS) {
      throw rules.refuse(
          "MaxClientCircuitsPending",
          "is out of range",
          "write a number from 1 to " + MAX_PENDING_CIRCUITS);
    }
    int entry = values.number("NumEntryGuards");
    int primary = values.number("NumPrimaryGuards");
    if (primary > 0 && entry > primary) {
      throw rules.refuse(
          "NumEntryGuards", "is more than NumPrimaryGuards", "lower it or raise the other");
    }
    return new Client(
        socksPorts,
        httpTunnelPorts,
        EntryOptions.of(rules),
        values.flag("ClientRejectInternalAddresses"),
        values.flag("ClientDNSRejectInternalAddresses"),
        values.flag("EnforceDistinctSubnets"),
        pathsNeeded(),
        within("MaxCircuitDirtiness", MIN_DIRTINESS, MAX_DIRTINESS),
        values.interval("NewCircuitPeriod"),
        pending,
        values.flag("UseEntryGuards") && !withoutGuards,
        entry,
        values.number("NumDirectoryGuards"),
        primary,
        values.interval("GuardLifetime"));
  }

  private OptionalDouble pathsNeeded() {
    double fraction = values.real("PathsNeededToBuildCircuits");
    if (fraction < 0) {
      return OptionalDouble.empty();
    }
    double inRange = Math.clamp(fraction, 0.25, 0.95);
    if (inRange != fraction) {
      rules.warn("PathsNeededToBuildCircuits", "is out of range; " + inRange + " is used");
    }
    return OptionalDouble.of(inRange);
  }

  private Duration within(String option, Duration least, Duration most) {
    Duration value = values.interval(option);
    Duration inRange =
        value.compareTo(least) < 0 ? least : value.compareTo(most) > 0 ? most : value;
    if (!inRange.equals(value)) {
      rules.warn(option, "is out of range; " + inRange.toSeconds() + " seconds is used");
    }
    return inRange;
  }
}
