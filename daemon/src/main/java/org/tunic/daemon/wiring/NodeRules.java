package org.tunic.daemon.wiring;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.AutoBool;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.NodeOptions;
import org.tunic.daemon.config.NodeOptions.Reachable;
import org.tunic.daemon.config.OnionOptions;
import org.tunic.daemon.config.RouterSet;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.GeoIp;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.view.Relay;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.circuit.service.Vanguards;
import org.tunic.router.path.NodeChoices;

/**
 * The relays that a configuration names, as questions to a relay.
 *
 * <p>As in C tor, addresses and countries are those of the IPv4 OR port. What is excluded is never
 * used in circuits; only for directory requests {@code StrictNodes 0} lets it be.
 *
 * <p>Threads: immutable.
 */
final class NodeRules {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRules.class);

  /** What C tor excludes with unknown countries: anonymous proxies. */
  private static final String ANONYMOUS = "a1";

  private final NodeOptions options;
  private final GeoIp geoIp;
  private final ExitPolicy reachable;
  private final Predicate<Relay> excluded;
  private final ExitPolicy excludedAddresses;

  private NodeRules(NodeOptions options, GeoIp geoIp) throws ConfigException {
    this.options = options;
    this.geoIp = geoIp;
    this.reachable = policy(options.reachable().rules(), true);
    this.excluded = members(options.excluded(), true);
    this.excludedAddresses = policy(options.excluded().addresses(), false);
  }

  /**
   * Reads what the options name.
   *
   * @throws ConfigException if a pattern cannot be read
   */
  static NodeRules of(NodeOptions options) throws ConfigException {
    NodeRules rules = new NodeRules(options, load(options));
    rules.choices(); // reads the rest
    rules.named(options.onionSecond());
    rules.named(options.onionThird());
    Reachable reach = options.reachable();
    if (!reach.rules().isEmpty()
        && rules.reachable.rejectsAll(false, false)
        && rules.reachable.rejectsAll(true, false)) {
      LOG.warn(
          "No connection is possible: ReachableAddresses and ReachableORAddresses reject all"
              + " addresses. Accept some.");
    }
    return rules;
  }

  private static GeoIp load(NodeOptions options) {
    if (options.geoIpFile().isEmpty()) {
      return GeoIp.NONE;
    }
    try (Stream<String> lines =
        Files.lines(options.geoIpFile().get(), StandardCharsets.ISO_8859_1)) {
      return GeoIp.parse(lines);
    } catch (IOException e) {
      LOG.warn(
          "Cannot read GeoIPFile ({}): countries in EntryNodes and the like name no relay",
          e.getClass().getSimpleName());
      return GeoIp.NONE;
    }
  }

  /** Which relays may stand where in our paths, apart from the first hop. */
  NodeChoices choices() throws ConfigException {
    Predicate<Relay> notExcluded = excluded.negate();
    List<Predicate<Relay>> families = new ArrayList<>();
    for (RouterSet family : options.families()) {
      families.add(members(family, false));
    }
    return new NodeChoices(
        wanted(options.middles()).and(notExcluded),
        !options.middles().isEmpty(),
        wanted(options.exits())
            .and(members(options.excludedExits(), true).negate())
            .and(notExcluded),
        families);
  }

  /** Which guards may be used: EntryNodes, ExcludeNodes and what can be reached. */
  Predicate<Relay> guards() throws ConfigException {
    return wanted(options.entries()).and(excluded.negate()).and(this::isReachable);
  }

  /** Who follows the guard in circuits for onion services. */
  Vanguards.Rules vanguards(OnionOptions onions) throws ConfigException {
    return new Vanguards.Rules(
        switch (onions.vanguardsLite()) {
          case NO -> Vanguards.Lite.OFF;
          case YES -> Vanguards.Lite.ON;
          case AUTO -> Vanguards.Lite.CONSENSUS;
        },
        onions.fullVanguards(),
        named(options.onionSecond()),
        named(options.onionThird()));
  }

  private @Nullable Predicate<Relay> named(RouterSet set) throws ConfigException {
    return set.isEmpty() ? null : members(set, false).and(excluded.negate());
  }

  private Predicate<Relay> wanted(RouterSet set) throws ConfigException {
    return set.isEmpty() ? _ -> true : members(set, false);
  }

  private boolean isReachable(Relay relay) {
    return relay.orPorts().stream().anyMatch(this::mayConnect);
  }

  private boolean mayConnect(InetSocketAddress orPort) {
    boolean ipv6 = orPort.getAddress() instanceof Inet6Address;
    return (ipv6 ? options.reachable().ipv6() : options.reachable().ipv4())
        && reachable.allows(orPort.getAddress(), orPort.getPort());
  }

  /**
   * A first hop with the addresses that may be connected to, the preferred ones first; empty if
   * there is none.
   */
  Optional<ExtendTarget> reachable(ExtendTarget target) {
    if (options.strict() && isExcluded(target)) {
      return Optional.empty();
    }
    boolean ipv6First = options.reachable().preferIpv6();
    List<InetSocketAddress> addresses =
        target.addresses().stream()
            .filter(this::mayConnect)
            .sorted(
                (a, b) ->
                    Boolean.compare(
                        a.getAddress() instanceof Inet6Address != ipv6First,
                        b.getAddress() instanceof Inet6Address != ipv6First))
            .toList();
    return addresses.isEmpty()
        ? Optional.empty()
        : Optional.of(new ExtendTarget(target.ids(), addresses));
  }

  /** Nicknames are not known of whom we connect to. */
  private boolean isExcluded(ExtendTarget target) {
    return options.excluded().fingerprints().contains(target.ids().rsa())
        || target.addresses().stream()
            .filter(address -> !(address.getAddress() instanceof Inet6Address))
            .anyMatch(
                address ->
                    !excludedAddresses.allows(address.getAddress(), address.getPort())
                        || countries(options.excluded(), true)
                            .contains(geoIp.country(address.getAddress())));
  }

  private Predicate<Relay> members(RouterSet set, boolean excludes) throws ConfigException {
    ExitPolicy addresses = policy(set.addresses(), false);
    Set<String> countries = countries(set, excludes);
    for (String country : set.countries()) {
      if (!geoIp.isEmpty() && !geoIp.knows(country)) {
        LOG.warn("Country code '{}' is not recognized.", country);
      }
    }
    return relay -> {
      if (set.names(relay.nickname(), relay.ids().rsa())) {
        return true;
      }
      InetSocketAddress ipv4 = relay.orPorts().getFirst();
      return !addresses.allows(ipv4.getAddress(), ipv4.getPort())
          || (!countries.isEmpty() && countries.contains(geoIp.country(ipv4.getAddress())));
    };
  }

  private Set<String> countries(RouterSet set, boolean excludes) {
    if (geoIp.isEmpty()) {
      return Set.of();
    }
    Set<String> countries = new HashSet<>(set.countries());
    boolean withUnknown =
        options.excludeUnknown() == AutoBool.AUTO
            ? !countries.isEmpty()
            : options.excludeUnknown().orElse(false);
    if (excludes && withUnknown) {
      countries.add(GeoIp.UNKNOWN);
      countries.add(ANONYMOUS);
    }
    return countries;
  }

  private static ExitPolicy policy(List<String> rules, boolean accepts) throws ConfigException {
    try {
      return ExitPolicy.parseRules(rules, Optional.of(accepts));
    } catch (PolicySyntaxException e) {
      throw new ConfigException("An address pattern of a relay: " + e.getMessage());
    }
  }
}
