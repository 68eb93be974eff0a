package org.tunic.daemon.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.daemon.config.Config.Exit;
import org.tunic.daemon.config.Config.FamilyIds;
import org.tunic.daemon.config.Config.KeyLifetimes;
import org.tunic.daemon.config.Config.Relay;

/**
 * The rules for relays.
 *
 * <p>Threads: one.
 */
final class RelayRules {
  /** C tor's nickname for a relay that has none. */
  private static final String UNNAMED = "Unnamed";

  /** Highest bandwidth a descriptor can declare, bytes a second. */
  private static final long MAX_BANDWIDTH = Integer.MAX_VALUE;

  private static final Set<String> POLICY_ACTIONS =
      Set.of("accept", "reject", "accept6", "reject6");

  private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ANY_IPV6 = InetAddress.ofLiteral("::");

  private final Rules rules;
  private final OptionValues values;

  RelayRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  /** The relay; empty if there is no ORPort or ClientOnly is set. Checks its options either way. */
  Optional<Relay> check() throws ConfigException {
    Optional<String> nickname = nickname();
    Optional<String> contact = contact();
    checkKeyLifetimes();
    List<String> policy = policy();
    List<InetAddress> addresses = addresses();
    List<String> family = family();
    FamilyIds familyKeys = familyKeys();
    boolean publish = publish();
    PortParser parser = new PortParser(rules.warnings());
    List<ServerPort> orPorts =
        withoutDuplicates(parser.server(values.lines("ORPort"), List.of(ANY_IPV4, ANY_IPV6)));
    List<ServerPort> dirPorts = parser.server(values.lines("DirPort"), List.of(ANY_IPV4));
    if (values.flag("ClientOnly")) {
      return Optional.empty();
    }
    checkPorts(orPorts, dirPorts);
    if (orPorts.stream().noneMatch(ServerPort::listen)) {
      return Optional.empty();
    }
    if (!values.auto("AssumeReachableIPv6").orElse(true) && values.flag("AssumeReachable")) {
      throw rules.refuse(
          "AssumeReachableIPv6", "is 0 while AssumeReachable is 1", "change one of them");
    }
    if (contact.isEmpty()) {
      rules.warn("ContactInfo", "is not set; set it so that you can be told about problems");
    }
    return Optional.of(
        new Relay(
            nickname.orElse(UNNAMED),
            contact,
            addresses,
            orPorts,
            dirPorts,
            values.flag("DirCache"),
            publish,
            values.flag("AssumeReachable"),
            values.auto("AssumeReachableIPv6").orElse(false),
            family,
            familyKeys,
            Math.min(
                advertised("BandwidthRate", "RelayBandwidthRate"),
                values.bytes("MaxAdvertisedBandwidth")),
            advertised("BandwidthBurst", "RelayBandwidthBurst"),
            values.flag("ExtendAllowPrivateAddresses"),
            exit(policy),
            keyLifetimes(values),
            new Config.Statistics(
                values.flag("ExtraInfoStatistics"),
                relayedRate(),
                values.interval("TestingMinTimeToReportBandwidth"))));
  }

  /** As C tor, the burst stands for a rate that is not set. */
  private long relayedRate() {
    long rate = values.bytes("RelayBandwidthRate");
    return rate > 0 ? rate : values.bytes("RelayBandwidthBurst");
  }

  private Optional<String> nickname() throws ConfigException {
    Optional<String> nickname = values.text("Nickname");
    if (nickname.isPresent() && !Nicknames.isNickname(nickname.get())) {
      throw ConfigException.value(
          values.line("Nickname").orElseThrow(),
          "is no nickname",
          "use 1 to 19 letters and digits, nothing else");
    }
    return nickname;
  }

  private Optional<String> contact() throws ConfigException {
    Optional<String> contact = values.text("ContactInfo");
    if (contact.isPresent() && contact.get().indexOf('\ufffd') >= 0) {
      throw rules.refuse("ContactInfo", "is not UTF-8", "save the file as UTF-8");
    }
    return contact;
  }

  private List<InetAddress> addresses() throws ConfigException {
    List<InetAddress> addresses = new ArrayList<>();
    for (ConfigLine line : values.lines("Address")) {
      addresses.add(
          Addresses.parse(line.value())
              .orElseThrow(
                  () ->
                      ConfigException.value(
                          line,
                          "is not a literal IP address",
                          "write the address itself; host names are not looked up")));
    }
    return addresses;
  }

  private List<String> family() throws ConfigException {
    List<String> family = new ArrayList<>();
    for (ConfigLine line : values.lines("MyFamily")) {
      for (String written : OptionType.csv(line.value())) {
        String member = written.replaceAll("[ \\t]", "");
        if (Nicknames.isFingerprintWithNickname(member)) {
          family.add(member.startsWith("$") ? member : "$" + member);
        } else if (Nicknames.isNickname(member)) {
          family.add(member);
        } else {
          throw ConfigException.value(
              line,
              "has a member that names no relay: " + OneLine.quote(member),
              "use fingerprints with $, with commas between");
        }
      }
    }
    return family;
  }

  private FamilyIds familyKeys() throws ConfigException {
    List<Ed25519Identity> ids = new ArrayList<>();
    boolean all = false;
    for (ConfigLine line : values.lines("FamilyId")) {
      if (line.value().equals("*")) {
        all = true;
        continue;
      }
      try {
        ids.add(Ed25519Identity.fromBase64(line.value()));
      } catch (MalformedException e) {
        throw ConfigException.value(
            line, "is no family", "write what the .public_family_id file says, or *");
      }
    }
    return new FamilyIds(ids, all, rules.paths().of(values, "FamilyKeyDirectory"));
  }

  private boolean publish() throws ConfigException {
    boolean publish = false;
    for (String word : values.csv("PublishServerDescriptor")) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "1", "v3" -> publish = true;
        case "0" -> {
          // The default when nothing else is said.
        }
        case "v1", "v2", "hidserv" ->
            rules.warn("PublishServerDescriptor", "has " + word + ", which has no effect");
        case "bridge" ->
            throw rules.refuse(
                "PublishServerDescriptor",
                "has bridge, but bridges are not supported by this version",
                "write 0 or 1");
        default ->
            throw rules.refuse(
                "PublishServerDescriptor", "has " + OneLine.quote(word), "write 0 or 1");
      }
    }
    return publish;
  }

  private List<String> policy() throws ConfigException {
    List<String> policy = new ArrayList<>();
    for (ConfigLine line : values.lines("ExitPolicy")) {
      for (String rule : OptionType.csv(line.value())) {
        String[] words = rule.split("[ \\t]+", 2);
        if (words.length != 2
            || !POLICY_ACTIONS.contains(words[0])
            || !AddressPattern.isValid(words[1].strip())) {
          throw ConfigException.value(
              line,
              "has a rule that cannot be read: " + OneLine.quote(rule),
              "write accept or reject ADDRESS[/BITS]:PORT[-PORT], with * for any");
        }
        policy.add(rule);
      }
    }
    return policy;
  }

  private Exit exit(List<String> policy) throws ConfigException {
    Exit exit =
        new Exit(
            values.auto("ExitRelay"),
            policy,
            values.flag("ReducedExitPolicy"),
            values.flag("ExitPolicyRejectPrivate"),
            values.flag("ExitPolicyRejectLocalInterfaces"),
            values.flag("IPv6Exit"),
            values.auto("RefuseUnknownExits"),
            rules.paths().of(values, "ServerDNSResolvConfFile"));
    if (exit.allowed() == AutoBool.NO && !policy.isEmpty()) {
      rules.warn("ExitRelay", "is 0, so that ExitPolicy has no effect");
    }
    return exit;
  }

  /** The lowest of the bandwidths that a descriptor may tell; 0 is none. */
  private long advertised(String all, String relayed) {
    long bytes = values.bytes(all);
    long ofRelaying = values.bytes(relayed);
    return Math.min(MAX_BANDWIDTH, ofRelaying > 0 && ofRelaying < bytes ? ofRelaying : bytes);
  }

  static KeyLifetimes keyLifetimes(OptionValues values) {
    return new KeyLifetimes(
        values.interval("SigningKeyLifetime"),
        values.interval("TestingSigningKeySlop"),
        values.flag("OfflineMasterKey"));
  }

  private void checkKeyLifetimes() throws ConfigException {
    checkTwice("SigningKeyLifetime", "TestingSigningKeySlop");
    checkTwice("TestingLinkCertLifetime", "TestingAuthKeySlop");
    checkTwice("TestingAuthKeyLifetime", "TestingLinkKeySlop");
  }

  private void checkTwice(String lifetime, String slop) throws ConfigException {
    if (values.interval(lifetime).compareTo(values.interval(slop).multipliedBy(2)) < 0) {
      throw rules.refuse(lifetime, "is too short", "make it at least twice " + slop);
    }
  }

  private void checkPorts(List<ServerPort> orPorts, List<ServerPort> dirPorts)
      throws ConfigException {
    boolean listens = orPorts.stream().anyMatch(ServerPort::listen);
    boolean advertises = orPorts.stream().anyMatch(ServerPort::advertise);
    if (advertises && !listens) {
      throw rules.refuse("ORPort", "is advertised but nothing listens", "remove NoListen from one");
    }
    if (listens && !advertises) {
      throw rules.refuse("ORPort", "listens but none is advertised", "remove NoAdvertise from one");
    }
    if (advertises && orPorts.stream().noneMatch(port -> port.advertise() && port.isIpv4())) {
      throw rules.refuse("ORPort", "is advertised for IPv6 only", "add one with an IPv4 address");
    }
    long advertisedDirPorts = dirPorts.stream().filter(ServerPort::advertise).count();
    if (advertisedDirPorts > 1) {
      throw rules.refuse(
          "DirPort", "is advertised more than once", "add NoAdvertise to all but one");
    }
    boolean dirListens = dirPorts.stream().anyMatch(ServerPort::listen);
    if (advertisedDirPorts > 0 && !dirListens) {
      throw rules.refuse(
          "DirPort", "is advertised but nothing listens", "remove NoListen from one");
    }
    if (advertisedDirPorts > 0
        && dirPorts.stream().noneMatch(port -> port.listen() && port.isIpv4())) {
      throw rules.refuse("DirPort", "listens on IPv6 only", "give it an IPv4 address");
    }
    if (dirListens && !values.flag("DirCache")) {
      throw rules.refuse("DirPort", "needs DirCache 1", "remove DirPort or set DirCache 1");
    }
    if (dirListens && !listens) {
      rules.warn("DirPort", "has no effect without an ORPort");
    }
  }

  /** An explicit address takes the place of all addresses of its family with the same port. */
  private List<ServerPort> withoutDuplicates(List<ServerPort> ports) {
    List<ServerPort> kept = new ArrayList<>();
    for (ServerPort port : ports) {
      boolean superseded =
          !port.explicit()
              && port.port() != 0
              && ports.stream()
                  .anyMatch(
                      other ->
                          other.explicit()
                              && other.port() == port.port()
                              && other.isIpv4() == port.isIpv4());
      boolean repeated =
          kept.stream()
              .anyMatch(
                  other ->
                      port.port() != 0
                          && other.port() == port.port()
                          && other.address().equals(port.address()));
      if (superseded || repeated) {
        rules
            .warnings()
            .accept(port.line().origin() + ": ORPort is superseded by another for its address");
      } else {
        kept.add(port);
      }
    }
    return kept;
  }
}
