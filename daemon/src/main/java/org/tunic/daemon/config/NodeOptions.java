package org.tunic.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which relays our own circuits use, and where connections may go.
 *
 * <p>Threads: immutable.
 *
 * @param entries EntryNodes; empty: any guard
 * @param exits ExitNodes; empty: any exit
 * @param middles MiddleNodes; empty: any relay
 * @param onionSecond HSLayer2Nodes, second in circuits for onion services; empty: as vanguards are
 * @param onionThird HSLayer3Nodes, likewise third; empty: no relay in particular
 * @param excluded ExcludeNodes, at no position
 * @param excludedExits ExcludeExitNodes, never last
 * @param strict StrictNodes: directory requests too never go to excluded relays
 * @param families NodeFamily, each line one
 * @param reachable where connections may go
 * @param geoIpFile GeoIPFile, if a country is named anywhere
 * @param excludeUnknown GeoIPExcludeUnknown: exclude relays of no known country; AUTO: from lists
 *     that exclude a country
 */
public record NodeOptions(
    RouterSet entries,
    RouterSet exits,
    RouterSet middles,
    RouterSet onionSecond,
    RouterSet onionThird,
    RouterSet excluded,
    RouterSet excludedExits,
    boolean strict,
    List<RouterSet> families,
    Reachable reachable,
    Optional<Path> geoIpFile,
    AutoBool excludeUnknown) {
  private static final Set<String> ACTIONS = Set.of("accept", "reject", "accept6", "reject6");

  /**
   * Where connections to relays may go.
   *
   * @param rules of ReachableORAddresses or else ReachableAddresses, in the form of an exit policy
   *     for {@code directory.policy} to read, each accepting without a keyword; what none of them
   *     accepts is out of reach. Empty: everything is within.
   * @param ipv4 ClientUseIPv4
   * @param ipv6 whether IPv6 may be used at all
   * @param preferIpv6 whether it is tried first
   */
  public record Reachable(List<String> rules, boolean ipv4, boolean ipv6, boolean preferIpv6) {
    /** Copies the list. */
    public Reachable {
      rules = List.copyOf(rules);
    }
  }

  /** Copies the list. */
  public NodeOptions {
    families = List.copyOf(families);
  }

  static NodeOptions of(Rules rules, boolean isRelay) throws ConfigException {
    OptionValues values = rules.values();
    RouterSet entries = values.routers("EntryNodes");
    RouterSet excluded = values.routers("ExcludeNodes");
    if (!entries.isEmpty() && !values.flag("UseEntryGuards")) {
      throw rules.refuse("EntryNodes", "needs UseEntryGuards 1", "remove one of them");
    }
    if (!excluded.isEmpty() && values.flag("StrictNodes")) {
      rules.warn(
          "ExcludeNodes",
          "with StrictNodes 1 excludes relays from all positions of circuits: expect onion services"
              + " and other features to break in unpredictable ways");
    }
    NodeOptions options =
        new NodeOptions(
            entries,
            values.routers("ExitNodes"),
            values.routers("MiddleNodes"),
            values.routers("HSLayer2Nodes"),
            values.routers("HSLayer3Nodes"),
            excluded,
            values.routers("ExcludeExitNodes"),
            values.flag("StrictNodes"),
            families(rules),
            reachable(rules, isRelay),
            Optional.empty(),
            values.auto("GeoIPExcludeUnknown"));
    return options.namesCountries() ? options.with(rules.paths().of(values, "GeoIPFile")) : options;
  }

  private NodeOptions with(Optional<Path> file) {
    return new NodeOptions(
        entries,
        exits,
        middles,
        onionSecond,
        onionThird,
        excluded,
        excludedExits,
        strict,
        families,
        reachable,
        file,
        excludeUnknown);
  }

  private boolean namesCountries() {
    return excludeUnknown.orElse(false)
        || Stream.concat(
                Stream.of(
                    entries, exits, middles, onionSecond, onionThird, excluded, excludedExits),
                families.stream())
            .anyMatch(set -> !set.countries().isEmpty());
  }

  private static List<RouterSet> families(Rules rules) throws ConfigException {
    List<RouterSet> families = new ArrayList<>();
    for (ConfigLine line : rules.values().lines("NodeFamily")) {
      try {
        families.add(RouterSet.parse(line.value()));
      } catch (BadValue _) {
        throw ConfigException.value(
            line,
            "has an entry that cannot be read",
            "write nicknames, fingerprints, addresses or countries with commas between");
      }
    }
    return families;
  }

  private static Reachable reachable(Rules rules, boolean isRelay) throws ConfigException {
    OptionValues values = rules.values();
    List<String> all = policy(rules, "ReachableAddresses");
    List<String> orPorts = policy(rules, "ReachableORAddresses");
    List<String> dirPorts = policy(rules, "ReachableDirAddresses");
    boolean ipv4 = values.flag("ClientUseIPv4");
    boolean limited = !all.isEmpty() || !orPorts.isEmpty() || !dirPorts.isEmpty();
    if (values.flag("FascistFirewall") && all.isEmpty()) {
      limited = true;
      all = values.csv("FirewallPorts").stream().map(port -> "*:" + port).toList();
      if (all.isEmpty() && orPorts.isEmpty()) {
        orPorts = List.of("*:443");
      }
    }
    if (isRelay && (limited || !ipv4)) {
      throw rules.refuse(
          ipv4
              ? Stream.of("ReachableAddresses", "ReachableORAddresses", "ReachableDirAddresses")
                  .filter(option -> !values.lines(option).isEmpty())
                  .findFirst()
                  .orElse("FascistFirewall")
              : "ClientUseIPv4",
          "is not for relays, which must be able to connect to all others",
          "remove it or ORPort");
    }
    AutoBool prefers = values.auto("ClientPreferIPv6ORPort");
    boolean ipv6 =
        !ipv4
            || values.flag("ClientUseIPv6")
            || prefers.orElse(false)
            || values.auto("ClientPreferIPv6DirPort").orElse(false);
    // Nothing connects to DirPorts, so ReachableDirAddresses limits nothing; if it is the only one,
    // C tor's policy for OR ports ends in its "reject *:*" all the same.
    List<String> inForce = new ArrayList<>(orPorts.isEmpty() ? all : orPorts);
    if (limited) {
      inForce.add("reject *:*");
    }
    return new Reachable(inForce, ipv4, ipv6, !isRelay && (!ipv4 || prefers.orElse(false)));
  }

  private static List<String> policy(Rules rules, String option) throws ConfigException {
    List<String> entries = new ArrayList<>();
    for (ConfigLine line : rules.values().lines(option)) {
      for (String entry : OptionType.csv(line.value())) {
        String[] words = entry.split("[ \\t]+", 2);
        String pattern = words[words.length - 1].strip();
        boolean acts = words.length == 1 || ACTIONS.contains(words[0]);
        if (!acts || !AddressPattern.isValid(pattern)) {
          throw ConfigException.value(
              line,
              "has an entry that cannot be read: " + OneLine.quote(entry),
              "write ADDRESS[/BITS][:PORT], with accept or reject before it if you like");
        }
        entries.add(words.length == 1 ? "accept " + pattern : words[0] + " " + pattern);
      }
    }
    return entries;
  }
}
