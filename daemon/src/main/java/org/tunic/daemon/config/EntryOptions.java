package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What holds at all ports of applications.
 *
 * <p>Threads: immutable.
 *
 * @param safeSocks SafeSocks
 * @param testSocks TestSocks
 * @param warnPorts WarnPlaintextPorts
 * @param rejectPorts RejectPlaintextPorts
 * @param mapped MapAddress, in its order
 * @param automap AutomapHostsOnResolve
 * @param automapSuffixes AutomapHostsSuffixes in lower case; a dot alone means every name
 * @param virtualIpv4 VirtualAddrNetworkIPv4
 * @param virtualIpv6 VirtualAddrNetworkIPv6
 */
public record EntryOptions(
    boolean safeSocks,
    boolean testSocks,
    Set<Integer> warnPorts,
    Set<Integer> rejectPorts,
    List<MappedAddress> mapped,
    boolean automap,
    List<String> automapSuffixes,
    VirtualAddresses virtualIpv4,
    VirtualAddresses virtualIpv6) {
  /** Leading bits at most, so that the network does not fill up: C tor's bounds. */
  private static final int MAX_PREFIX_IPV4 = 16;

  private static final int MAX_PREFIX_IPV6 = 104;

  private static final Pattern HOST = Pattern.compile("[0-9A-Za-z._-]+");

  /**
   * A MapAddress line; hosts are in lower case, IPv6 addresses without brackets.
   *
   * @param from host without its {@code *.}
   * @param fromWildcard whether {@code from} had one
   * @param to host without its {@code *.}
   * @param toWildcard whether {@code to} had one
   */
  public record MappedAddress(String from, boolean fromWildcard, String to, boolean toWildcard) {}

  /**
   * A network of virtual addresses.
   *
   * @param base an address of it
   * @param prefixBits leading bits that all have in common
   */
  public record VirtualAddresses(InetAddress base, int prefixBits) {}

  /** Copies the collections. */
  public EntryOptions {
    warnPorts = Set.copyOf(warnPorts);
    rejectPorts = Set.copyOf(rejectPorts);
    mapped = List.copyOf(mapped);
    automapSuffixes = List.copyOf(automapSuffixes);
  }

  /**
   * Reads the options. As in C tor a bad MapAddress line is warned about and skipped, a bad
   * VirtualAddrNetwork refused.
   */
  static EntryOptions of(Rules rules) throws ConfigException {
    OptionValues values = rules.values();
    return new EntryOptions(
        values.flag("SafeSocks"),
        values.flag("TestSocks"),
        ports(values.csv("WarnPlaintextPorts")),
        ports(values.csv("RejectPlaintextPorts")),
        mapped(rules),
        values.flag("AutomapHostsOnResolve"),
        suffixes(values.csv("AutomapHostsSuffixes")),
        virtual(rules, "VirtualAddrNetworkIPv4", true),
        virtual(rules, "VirtualAddrNetworkIPv6", false));
  }

  /** {@link FormRules} refuses what is no port. */
  private static Set<Integer> ports(List<String> texts) {
    Set<Integer> ports = new HashSet<>();
    texts.forEach(text -> ports.add(Addresses.port(text, 1)));
    ports.remove(-1);
    return ports;
  }

  private static List<String> suffixes(List<String> texts) {
    return texts.stream()
        .map(text -> text.toLowerCase(Locale.ROOT))
        .map(
            text ->
                text.length() > 1 && text.endsWith(".")
                    ? text.substring(0, text.length() - 1)
                    : text)
        .toList();
  }

  private static List<MappedAddress> mapped(Rules rules) {
    List<MappedAddress> all = new ArrayList<>();
    for (ConfigLine line : rules.values().lines("MapAddress")) {
      String[] words = line.value().strip().split("[ \\t]+");
      String problem = words.length < 2 ? "has too few arguments" : problem(words[0], words[1]);
      if (!problem.isEmpty()) {
        rules
            .warnings()
            .accept(OneLine.of(line.origin() + ": MapAddress " + problem + "; it is ignored"));
        continue;
      }
      if (words.length > 2) {
        rules
            .warnings()
            .accept(OneLine.of(line.origin() + ": MapAddress has more than two arguments"));
      }
      boolean fromWildcard = words[0].startsWith("*.");
      boolean toWildcard = words[1].startsWith("*.");
      all.add(
          new MappedAddress(
              host(words[0].substring(fromWildcard ? 2 : 0)),
              fromWildcard,
              host(words[1].substring(toWildcard ? 2 : 0)),
              toWildcard));
    }
    return all;
  }

  /** What is wrong with a pair; empty if nothing is. */
  private static String problem(String from, String to) {
    if (from.startsWith(".") || to.startsWith(".")) {
      return "is ambiguous, because an address starts with a dot";
    }
    if (from.equals("*") || to.equals("*")) {
      return "cannot map from or to *";
    }
    if (to.startsWith("*.") && !from.startsWith("*.")) {
      return "has a *. in its second address but not in its first";
    }
    String bare = to.startsWith("*.") ? to.substring(2) : to;
    boolean valid = Addresses.parse(bare).isPresent() || HOST.matcher(bare).matches();
    return valid ? "" : "has a second address that is none";
  }

  private static String host(String text) {
    return Addresses.parse(text)
        .map(InetAddress::getHostAddress)
        .orElse(text)
        .toLowerCase(Locale.ROOT);
  }

  private static VirtualAddresses virtual(Rules rules, String option, boolean ipv4)
      throws ConfigException {
    String text = rules.values().text(option).orElse("");
    int slash = text.indexOf('/');
    Optional<InetAddress> base = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    int bits = slash < 0 ? -1 : Addresses.port(text.substring(slash + 1), 0);
    if (base.isEmpty() || base.get() instanceof Inet4Address != ipv4 || bits < 0) {
      throw rules.refuse(
          option,
          "is no network",
          "write one such as " + (ipv4 ? "127.192.0.0/10" : "[FE80::]/10"));
    }
    int most = ipv4 ? MAX_PREFIX_IPV4 : MAX_PREFIX_IPV6;
    if (bits > most) {
      throw rules.refuse(option, "is too small", "write a /" + most + " network or a larger one");
    }
    return new VirtualAddresses(base.get(), bits);
  }
}
