package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * A configuration that was checked as a whole: everything the daemon needs to know, in its own
 * types.
 *
 * <p>Made by {@link ConfigLoader}. What a role needs stands in the record of that role; a role that
 * is not wanted is absent.
 *
 * <p>Threads: immutable.
 *
 * @param directories where files live
 * @param process the process as a whole
 * @param logs what is logged where
 * @param network the network we are part of
 * @param relay present if we are a relay, which an authority always is
 * @param authority present if we vote
 * @param client how we use the network ourselves; every node is a client of the directory
 * @param onions onion services that we host, and what we need to visit others
 * @param nodes which relays our own circuits use
 * @param circuits how long our own circuits may take and last
 * @param limits what the node and its peers may use
 * @param link how we connect to others
 * @param metrics MetricsPort, if it is open
 * @param policies who may use which port
 * @param values the single options behind all this, for dumping and for the control port
 */
public record Config(
    Directories directories,
    ProcessOptions process,
    Logs logs,
    Network network,
    Optional<Relay> relay,
    Optional<Authority> authority,
    Client client,
    OnionOptions onions,
    NodeOptions nodes,
    CircuitOptions circuits,
    LimitOptions limits,
    LinkOptions link,
    Optional<MetricsPort> metrics,
    AccessPolicies policies,
    OptionValues values) {

  /**
   * Absolute directories.
   *
   * @param data DataDirectory
   * @param keys KeyDirectory, by default {@code keys} below data
   * @param cache CacheDirectory, by default the same as data
   */
  public record Directories(Path data, Path keys, Path cache) {}

  /**
   * The process.
   *
   * @param pidFile where to write the process id
   * @param cpus event loops to run; 0: one per processor
   * @param shutdownWait how long a relay lets circuits live on after the first SIGINT
   * @param heartbeatPeriod time between two lines of life in the log; zero for none
   * @param user whom to run as; empty: whoever started us
   * @param background RunAsDaemon
   * @param keepBindCapabilities whether ports below 1024 may be opened after the change of user;
   *     auto: if one is configured
   */
  public record ProcessOptions(
      Optional<Path> pidFile,
      int cpus,
      Duration shutdownWait,
      Duration heartbeatPeriod,
      Optional<String> user,
      boolean background,
      AutoBool keepBindCapabilities) {}

  /**
   * Logging.
   *
   * @param targets the Log lines; none means notice and above to standard output
   * @param safeLogging what is hidden even below notice
   * @param granularity to what times in the log are rounded down
   * @param showDomains whether lines name their domain
   * @param truncate whether files start empty
   * @param protocolWarnings whether what peers do wrong is a warning, not for info
   */
  public record Logs(
      List<LogTarget> targets,
      SafeLogging safeLogging,
      Duration granularity,
      boolean showDomains,
      boolean truncate,
      boolean protocolWarnings) {
    /** Copies the list. */
    public Logs {
      targets = List.copyOf(targets);
    }
  }

  /** What SafeLogging hides. */
  public enum SafeLogging {
    /** Nothing. */
    OFF,
    /** What concerns others when we relay. */
    RELAY,
    /** Everything that tells who does what. */
    ALL
  }

  /**
   * The network.
   *
   * @param testing whether TestingTorNetwork is set: short intervals, other lower bounds
   * @param authorities the directory authorities; a node without any cannot start
   * @param fallbacks caches to ask before there is a consensus
   * @param allowPrivateDirectoryAddresses whether descriptors may carry private addresses
   */
  public record Network(
      boolean testing,
      List<DirAuthority> authorities,
      List<FallbackDir> fallbacks,
      boolean allowPrivateDirectoryAddresses) {
    /** Copies the lists. */
    public Network {
      authorities = List.copyOf(authorities);
      fallbacks = List.copyOf(fallbacks);
    }
  }

  /**
   * A relay.
   *
   * @param nickname 1 to 19 letters and digits
   * @param contact ContactInfo
   * @param addresses addresses to publish, if they are given
   * @param orPorts ORPort, at least one of them
   * @param dirPorts DirPort
   * @param directoryCache whether we serve directory documents
   * @param publish whether we upload our descriptor
   * @param assumeReachable whether we publish without testing that others reach us
   * @param assumeReachableIpv6 likewise, of the IPv6 OR port alone
   * @param family MyFamily: fingerprints with {@code $}, or nicknames
   * @param familyKeys FamilyId
   * @param bandwidthRate bytes a second that the descriptor claims at most
   * @param bandwidthBurst bytes that the descriptor claims as burst
   * @param extendToPrivateAddresses whether EXTEND2 may name private addresses
   * @param exit what may leave here
   * @param keys lifetimes of its keys
   * @param statistics what it says of its traffic
   */
  public record Relay(
      String nickname,
      Optional<String> contact,
      List<InetAddress> addresses,
      List<ServerPort> orPorts,
      List<ServerPort> dirPorts,
      boolean directoryCache,
      boolean publish,
      boolean assumeReachable,
      boolean assumeReachableIpv6,
      List<String> family,
      FamilyIds familyKeys,
      long bandwidthRate,
      long bandwidthBurst,
      boolean extendToPrivateAddresses,
      Exit exit,
      KeyLifetimes keys,
      Statistics statistics) {
    /** Copies the lists. */
    public Relay {
      addresses = List.copyOf(addresses);
      orPorts = List.copyOf(orPorts);
      dirPorts = List.copyOf(dirPorts);
      family = List.copyOf(family);
    }

    /** The IPv4 address to publish: that of Address, else that of an ORPort line which has one. */
    public Optional<InetAddress> publishedIpv4() {
      return published(true);
    }

    /** The IPv6 address to publish. */
    public Optional<InetAddress> publishedIpv6() {
      return published(false);
    }

    /** Whether the descriptor names an IPv6 OR port. */
    public boolean advertisesIpv6() {
      return publishedIpv6().isPresent()
          && orPorts.stream().anyMatch(port -> port.advertise() && !port.isIpv4());
    }

    private Optional<InetAddress> published(boolean ipv4) {
      return addresses.stream()
          .filter(address -> address instanceof Inet4Address == ipv4)
          .findFirst()
          .or(
              () ->
                  orPorts.stream()
                      .filter(port -> port.advertise() && port.explicit() && port.isIpv4() == ipv4)
                      .map(ServerPort::address)
                      .filter(address -> !address.isAnyLocalAddress())
                      .findFirst());
    }
  }

  /**
   * What a relay says of its traffic.
   *
   * @param published ExtraInfoStatistics: whether its extra-info document says anything
   * @param relayedRate RelayBandwidthRate as it is set, above which that document says nothing; 0
   *     if it is not
   * @param minTimeToReportBandwidth how old a day must be for its bandwidth to count
   */
  public record Statistics(
      boolean published, long relayedRate, Duration minTimeToReportBandwidth) {}

  /**
   * The families whose key the relay has.
   *
   * @param ids those that must be there
   * @param all whether every key that is there counts
   * @param directory FamilyKeyDirectory; empty: the directory of keys
   */
  public record FamilyIds(List<Ed25519Identity> ids, boolean all, Optional<Path> directory) {
    /** Copies the list. */
    public FamilyIds {
      ids = List.copyOf(ids);
    }
  }

  /**
   * What may leave a relay.
   *
   * @param allowed ExitRelay; AUTO means yes if there is an ExitPolicy
   * @param policy the ExitPolicy lines, for {@code directory.policy} to read
   * @param reduced whether the default policy is the reduced one
   * @param rejectPrivate whether private addresses, and our own, are rejected first
   * @param rejectLocalInterfaces whether all addresses of this machine are rejected
   * @param ipv6 whether IPv6 targets are allowed
   * @param refuseUnknown whether streams are refused from a previous hop that is no known relay;
   *     AUTO leaves it to the consensus
   * @param resolvConf file that names the DNS servers; empty: the system's
   */
  public record Exit(
      AutoBool allowed,
      List<String> policy,
      boolean reduced,
      boolean rejectPrivate,
      boolean rejectLocalInterfaces,
      boolean ipv6,
      AutoBool refuseUnknown,
      Optional<Path> resolvConf) {
    /** Copies the list. */
    public Exit {
      policy = List.copyOf(policy);
    }

    /** Whether anything at all may leave here. */
    public boolean isWanted() {
      return allowed.orElse(!policy.isEmpty() || reduced || ipv6);
    }
  }

  /**
   * How long medium-term keys live, and how long before their end a new one is made.
   *
   * @param signingKey of the Ed25519 signing key and its certificate
   * @param signingKeySlop renewal before its end
   * @param offlineMaster whether the master secret key is never loaded or made
   */
  public record KeyLifetimes(Duration signingKey, Duration signingKeySlop, boolean offlineMaster) {}

  /**
   * A directory authority that votes.
   *
   * @param schedule when it votes
   * @param flags what relays must show to get a flag
   * @param testing flags given away in a testing network
   * @param params ConsensusParams: {@code NAME=NUMBER} entries
   * @param clientVersions versions of clients to recommend; empty: do not vote on them
   * @param serverVersions versions of relays to recommend; empty: do not vote on them
   * @param minimalServerVersion oldest C tor accepted as a relay
   * @param testReachability whether relays must answer to be Running
   * @param ipv6Connectivity AuthDirHasIPv6Connectivity: whether IPv6 OR ports are tested too
   * @param testEd25519LinkKeys whether they must show their Ed25519 identity then
   * @param maxServersPerAddress relays of one address that may be Running; 0: any number
   * @param pinKeys whether an RSA identity keeps its Ed25519 identity forever
   * @param sharedRandomness whether it takes part in the shared random value
   * @param relays what the operator says about single relays
   */
  public record Authority(
      VotingSchedule schedule,
      FlagRules flags,
      TestingFlags testing,
      List<String> params,
      List<String> clientVersions,
      List<String> serverVersions,
      String minimalServerVersion,
      boolean testReachability,
      boolean ipv6Connectivity,
      boolean testEd25519LinkKeys,
      int maxServersPerAddress,
      boolean pinKeys,
      boolean sharedRandomness,
      RelayJudgements relays) {
    /** Copies the lists. */
    public Authority {
      params = List.copyOf(params);
      clientVersions = List.copyOf(clientVersions);
      serverVersions = List.copyOf(serverVersions);
    }
  }

  /**
   * What the operator of an authority says about single relays. Lists are address patterns, for
   * {@code directory.policy} to read.
   *
   * @param bandwidths V3BandwidthsFile
   * @param guardFractions GuardfractionFile
   * @param listBadExits whether it votes on BadExit
   * @param listMiddleOnly whether it votes on MiddleOnly
   * @param reject addresses whose relays are refused
   * @param invalid addresses whose relays are not Valid
   * @param badExit addresses whose relays are BadExit
   * @param middleOnly addresses whose relays are MiddleOnly
   */
  public record RelayJudgements(
      Optional<Path> bandwidths,
      Optional<Path> guardFractions,
      boolean listBadExits,
      boolean listMiddleOnly,
      List<String> reject,
      List<String> invalid,
      List<String> badExit,
      List<String> middleOnly) {
    /** Copies the lists. */
    public RelayJudgements {
      reject = List.copyOf(reject);
      invalid = List.copyOf(invalid);
      badExit = List.copyOf(badExit);
      middleOnly = List.copyOf(middleOnly);
    }
  }

  /**
   * When an authority votes.
   *
   * @param interval time between two consensuses
   * @param voteDelay for votes to arrive
   * @param distDelay for signatures to arrive
   * @param intervalsValid intervals for which a consensus stays valid
   * @param initialInterval as interval, until there is a first consensus
   * @param initialVoteDelay as voteDelay, until then
   * @param initialDistDelay as distDelay, until then
   * @param startOffset by how much intervals start after midnight
   */
  public record VotingSchedule(
      Duration interval,
      Duration voteDelay,
      Duration distDelay,
      int intervalsValid,
      Duration initialInterval,
      Duration initialVoteDelay,
      Duration initialDistDelay,
      Duration startOffset) {}

  /**
   * What relays must show to get a flag.
   *
   * @param fastGuarantee bandwidth that is always Fast, bytes a second
   * @param guardBandwidthGuarantee bandwidth that is always enough for Guard, bytes a second
   * @param stableMinUptime uptime that is always Stable
   * @param stableMtbf mean time between failures that is always Stable
   * @param guardTimeKnown time known that is always enough for Guard
   * @param guardWfu fractional uptime that is always enough for Guard, 0 to 1
   * @param guardBandwidthFraction fraction of relays whose bandwidth is too low for Guard, 0 to 1
   * @param hsDirMinUptime uptime for HSDir
   * @param minMeasuredBandwidths measured relays from which on advertised bandwidth does not count
   * @param guards relays that are always Guard
   */
  public record FlagRules(
      long fastGuarantee,
      long guardBandwidthGuarantee,
      Duration stableMinUptime,
      Duration stableMtbf,
      Duration guardTimeKnown,
      double guardWfu,
      double guardBandwidthFraction,
      Duration hsDirMinUptime,
      int minMeasuredBandwidths,
      RouterSet guards) {}

  /**
   * Flags given away in a testing network.
   *
   * @param exit relays that are Exit whatever their policy
   * @param exitStrict whether nobody else is
   * @param guard relays that are Guard
   * @param guardStrict whether nobody else is
   * @param hsDir relays that are HSDir
   * @param hsDirStrict whether nobody else is
   * @param minExitThreshold lowest threshold for Exit bandwidth, bytes a second
   * @param minFastThreshold lowest threshold for Fast, bytes a second
   * @param timeToLearnReachability time after start in which every relay counts as reachable
   */
  public record TestingFlags(
      RouterSet exit,
      boolean exitStrict,
      RouterSet guard,
      boolean guardStrict,
      RouterSet hsDir,
      boolean hsDirStrict,
      long minExitThreshold,
      long minFastThreshold,
      Duration timeToLearnReachability) {}

  /**
   * How we use the network ourselves.
   *
   * @param socksPorts SocksPort
   * @param httpTunnelPorts HTTPTunnelPort
   * @param entry what holds at both
   * @param rejectInternalAddresses whether private targets are refused
   * @param rejectInternalAnswers whether private addresses in DNS answers are dropped
   * @param distinctSubnets whether relays of one /16 are kept out of one path
   * @param pathsNeeded fraction of paths that must be possible before circuits are built; empty: as
   *     the consensus says
   * @param maxCircuitDirtiness how long after its first stream a circuit takes new ones
   * @param newCircuitPeriod how often to consider new circuits
   * @param maxPendingCircuits circuits in the making at most
   * @param entryGuards whether guards are used
   * @param numEntryGuards guards to use; 0: as the consensus says
   * @param numDirectoryGuards guards to ask for documents; 0: as the consensus says
   * @param numPrimaryGuards primary guards to keep; 0: as the consensus says
   * @param guardLifetime how long a guard stays; less than a day: as the consensus says
   */
  public record Client(
      List<ClientPort> socksPorts,
      List<ClientPort> httpTunnelPorts,
      EntryOptions entry,
      boolean rejectInternalAddresses,
      boolean rejectInternalAnswers,
      boolean distinctSubnets,
      OptionalDouble pathsNeeded,
      Duration maxCircuitDirtiness,
      Duration newCircuitPeriod,
      int maxPendingCircuits,
      boolean entryGuards,
      int numEntryGuards,
      int numDirectoryGuards,
      int numPrimaryGuards,
      Duration guardLifetime) {
    /** Copies the lists. */
    public Client {
      socksPorts = List.copyOf(socksPorts);
      httpTunnelPorts = List.copyOf(httpTunnelPorts);
    }

    /** Whether applications can connect. */
    public boolean servesApplications() {
      return !socksPorts.isEmpty() || !httpTunnelPorts.isEmpty();
    }
  }
}
