package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules for connections to others.
 *
 * <p>Threads: one.
 */
final class LinkRules {
  private final Rules rules;
  private final OptionValues values;

  LinkRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  LinkOptions check(boolean isRelay) throws ConfigException {
    AutoBool padding = values.auto("ConnectionPadding");
    boolean reduced = values.flag("ReducedConnectionPadding");
    if (isRelay && padding != AutoBool.AUTO) {
      throw rules.refuse("ConnectionPadding", "must be auto for a relay", "remove it");
    }
    if (isRelay && reduced) {
      throw rules.refuse("ReducedConnectionPadding", "cannot be set for a relay", "remove it");
    }
    boolean circuits = values.flag("CircuitPadding");
    boolean reducedCircuits = values.flag("ReducedCircuitPadding");
    if (isRelay && !circuits) {
      throw rules.refuse("CircuitPadding", "cannot be 0 for a relay", "remove it");
    }
    if (isRelay && reducedCircuits) {
      throw rules.refuse("ReducedCircuitPadding", "cannot be set for a relay", "remove it");
    }
    Duration keepalive = values.interval("KeepalivePeriod");
    if (keepalive.toSeconds() < 1) {
      throw rules.refuse("KeepalivePeriod", "is not positive", "write one such as 5 minutes");
    }
    List<InetAddress> any = outbound("OutboundBindAddress");
    return new LinkOptions(
        padding,
        reduced,
        circuits,
        reducedCircuits,
        keepalive,
        withDefaults(outbound("OutboundBindAddressOR"), any),
        withDefaults(outbound("OutboundBindAddressExit"), any));
  }

  private List<InetAddress> outbound(String option) throws ConfigException {
    List<InetAddress> addresses = new ArrayList<>();
    for (ConfigLine line : values.lines(option)) {
      InetAddress address =
          Addresses.parse(line.value())
              .orElseThrow(
                  () ->
                      ConfigException.value(
                          line, "is no IP address", "write an address of this machine"));
      if (addresses.stream().anyMatch(a -> isIpv4(a) == isIpv4(address))) {
        throw ConfigException.value(
            line, "is the second one of its family", "leave one IPv4 and one IPv6 address");
      }
      if (!address.isAnyLocalAddress()) { // C tor: the null address is none
        addresses.add(address);
      }
    }
    return addresses;
  }

  private static List<InetAddress> withDefaults(List<InetAddress> own, List<InetAddress> any) {
    List<InetAddress> all = new ArrayList<>(own);
    any.stream().filter(a -> own.stream().noneMatch(o -> isIpv4(o) == isIpv4(a))).forEach(all::add);
    return all;
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
