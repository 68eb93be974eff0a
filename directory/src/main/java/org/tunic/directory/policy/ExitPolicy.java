package org.tunic.directory.policy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An ordered list of rules over addresses and ports; the first that matches decides, and what no
 * rule matches is accepted.
 *
 * <p>The same list serves exit policies, SocksPolicy, ReachableAddresses and the like.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: immutable.
 */
public final class ExitPolicy {
  /** Most rules kept of a torrc; a descriptor is bounded by its own length. */
  public static final int MAX_RULES = 10_000;

  private static final String DEFAULT =
      "reject *:25,reject *:119,reject *:135-139,reject *:445,reject *:563,reject *:1214,reject *:4661-4666,"
          + "reject *:6346-6429,reject *:6699,reject *:6881-6999,accept *:*";

  /**
   * Ports of ReducedExitPolicy in 0.4.9.11, each an {@code accept *:PORTS}, then {@code reject
   * *:*}.
   */
  private static final String REDUCED_PORTS =
      "20-23 43 53 79-81 88 110 143 194 220 389 443 464 465 531 543-544 554 563 587 636 706 749 873 902-904 981 989-995"
          + " 1194 1220 1293 1500 1533 1677 1723 1755 1863 2082-2083 2086-2087 2095-2096 2102-2104 3128 3389 3690 4321"
          + " 4643 5050 5190 5222-5223 5228 5900 6660-6669 6679 6697 8000 8008 8074 8080 8082 8087-8088 8232-8233"
          + " 8332-8333 8443 8888 9418 9999 10000 11371 18080-18081 18089 19294 19638 50002 64738";

  public static final ExitPolicy REJECT_ALL = new ExitPolicy(trusted("reject *:*"));
  public static final ExitPolicy ACCEPT_ALL = new ExitPolicy(List.of());

  private final List<PolicyRule> rules;

  private ExitPolicy(List<PolicyRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Rules as torrc options hold them, nothing added.
   *
   * @param values option values in order, each a comma-separated list of rules
   * @param assumed what a rule without keyword means ({@code true} accept), or empty if the option
   *     demands one
   * @throws PolicySyntaxException if one rule is malformed: the whole list counts for nothing
   */
  public static ExitPolicy parseRules(List<String> values, Optional<Boolean> assumed)
      throws PolicySyntaxException {
    List<PolicyRule> rules = new ArrayList<>();
    for (String value : values) {
      for (String rule : value.split(",")) {
        if (!rule.isBlank()) {
          rules.addAll(PolicyParser.torrcRule(rule, assumed));
        }
        if (rules.size() > MAX_RULES) {
          throw new PolicySyntaxException("too many rules in a policy");
        }
      }
    }
    return new ExitPolicy(rules);
  }

  /**
   * The policy a relay enforces and publishes: refusals that protect it first, then the operator's
   * rules, then the default policy (or the reduced one; for a bridge {@code reject *:*}), redundant
   * rules removed.
   *
   * @throws PolicySyntaxException if one of the operator's rules is malformed
   */
  public static ExitPolicy fromSettings(ExitPolicySettings s) throws PolicySyntaxException {
    boolean unset = s.exitRelay().isEmpty() && s.rules().isEmpty() && !s.reduced() && !s.ipv6Exit();
    if (unset || !s.exitRelay().orElse(true)) {
      return REJECT_ALL;
    }
    List<PolicyRule> rules = new ArrayList<>();
    if (!s.ipv6Exit()) {
      rules.addAll(trusted("reject *6:*"));
    }
    if (s.rejectPrivate()) {
      rules.addAll(trusted("reject private:*"));
      rejectPublic(rules, s.ownAddresses(), s.ipv6Exit());
    }
    rejectPublic(rules, s.localAddresses(), s.ipv6Exit());
    removeRedundant(rules);
    rules.addAll(parseRules(s.rules(), Optional.empty()).rules);
    if (s.bridge()) {
      rules.addAll(trusted("reject *:*"));
    } else {
      rules.addAll(trusted(s.reduced() ? reducedPolicy() : DEFAULT));
    }
    removeRedundant(rules);
    return new ExitPolicy(rules);
  }

  /**
   * The policy of a router descriptor.
   *
   * @param items the {@code accept}, {@code reject}, {@code accept6} and {@code reject6} lines in
   *     order, each "KEYWORD PATTERN"
   * @throws PolicySyntaxException if a line is malformed: the whole descriptor is refused
   */
  public static ExitPolicy parseDescriptor(List<String> items) throws PolicySyntaxException {
    List<PolicyRule> rules = new ArrayList<>();
    for (String item : items) {
      int space = item.indexOf(' ');
      if (space < 0) {
        throw new PolicySyntaxException("exit policy line without a pattern");
      }
      rules.addAll(
          PolicyParser.descriptorRule(item.substring(0, space), item.substring(space + 1).strip()));
    }
    return new ExitPolicy(rules);
  }

  /** Whether a connection to this address and port (1 to 65535) is accepted. */
  public boolean allows(InetAddress address, int port) {
    AddressPattern target = AddressPattern.single(address);
    for (PolicyRule rule : rules) {
      if (rule.matches(target, port)) {
        return rule.accept();
      }
    }
    return true;
  }

  /**
   * Whether some address may be accepted on this port: what a client or an exit decides before it
   * knows the address.
   */
  public boolean mayAllowPort(int port) {
    boolean maybe = false;
    boolean v4Decided = false;
    boolean v6Decided = false;
    for (PolicyRule rule : rules) {
      boolean decided = rule.pattern().ipv6() ? v6Decided : v4Decided;
      if (decided || port < rule.minPort() || port > rule.maxPort()) {
        continue;
      }
      maybe |= rule.accept();
      if (rule.pattern().maskBits() == 0) {
        v6Decided |= rule.pattern().ipv6();
        v4Decided |= !rule.pattern().ipv6();
      }
    }
    return maybe || !v4Decided || !v6Decided;
  }

  /**
   * Whether it is certain that nothing of one family is accepted; {@code otherwise} if the rules do
   * not tell.
   */
  public boolean rejectsAll(boolean ipv6, boolean otherwise) {
    for (PolicyRule rule : rules) {
      if (rule.pattern().ipv6() != ipv6) {
        continue;
      }
      if (rule.accept()) {
        return false;
      }
      if (rule.coversAllPorts() && rule.pattern().maskBits() == 0) {
        return true;
      }
    }
    return otherwise;
  }

  /**
   * Whether at least one IPv4 /8 is open on port 80 and one on port 443, which is what the Exit
   * flag asks for.
   *
   * @param allowPrivate count private nets too (DirAllowPrivateAddresses)
   */
  public boolean isGeneralExit(boolean allowPrivate) {
    return opensSlash8(80, allowPrivate) && opensSlash8(443, allowPrivate);
  }

  /** The port summary of one family that microdescriptors and votes carry. */
  public PolicySummary summary(boolean ipv6) {
    PolicySummarizer ports = new PolicySummarizer(ipv6);
    for (PolicyRule rule : rules) {
      if (rule.pattern().ipv6() == ipv6) {
        ports.add(rule);
      }
    }
    return ports.summary();
  }

  /**
   * The IPv4 rules as lines of a router descriptor (without line ends); never empty, because a
   * descriptor must have one.
   */
  public List<String> descriptorLines() {
    List<String> lines = new ArrayList<>();
    for (PolicyRule rule : rules) {
      if (!rule.pattern().ipv6()) {
        lines.add(rule.descriptorText());
      }
    }
    return lines.isEmpty() && rules.isEmpty() ? List.of("reject *:*") : List.copyOf(lines);
  }

  /** All rules as torrc values, comma-separated; parsing it gives an equal policy. */
  @Override
  public String toString() {
    return String.join(",", rules.stream().map(PolicyRule::torrcText).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExitPolicy o && rules.equals(o.rules);
  }

  @Override
  public int hashCode() {
    return rules.hashCode();
  }

  private boolean opensSlash8(int port, boolean allowPrivate) {
    boolean[] touched = new boolean[256];
    for (PolicyRule rule : rules) {
      AddressPattern pattern = rule.pattern();
      if (pattern.ipv6() || port < rule.minPort() || port > rule.maxPort()) {
        continue;
      }
      int bits = pattern.maskBits();
      long mask = bits == 0 ? 0 : (0xffffffffL << (32 - bits)) & 0xffffffffL;
      int first = (int) ((pattern.low() & mask) >>> 24);
      int last = (int) (((pattern.low() & mask) | (~mask & 0xffffffffL)) >>> 24);
      for (int net = first; net <= last; net++) {
        if (touched[net]
            || (!allowPrivate
                && IpLiteral.isInternal(IpLiteral.address(new byte[] {(byte) net, 0, 0, 0})))) {
          continue;
        }
        if (!rule.accept()) {
          touched[net] = true;
        } else if (bits <= 8) {
          return true;
        }
      }
    }
    return false;
  }

  private static void rejectPublic(
      List<PolicyRule> rules, List<InetAddress> addresses, boolean ipv6Exit) {
    for (InetAddress address : addresses) {
      AddressPattern pattern = AddressPattern.single(address);
      boolean isPublic = !IpLiteral.isInternal(address) && !address.isMulticastAddress();
      if (isPublic && (!pattern.ipv6() || ipv6Exit)) {
        rules.add(new PolicyRule(false, pattern, 1, 65535));
      }
    }
  }

  /**
   * Drops rules that can never decide, and rules that a later one of the same kind makes needless;
   * the meaning stays.
   */
  private static void removeRedundant(List<PolicyRule> rules) {
    dropAfterCatchAll(rules);
    for (int i = 0; i < rules.size(); i++) {
      PolicyRule earlier = rules.get(i);
      for (int j = rules.size() - 1; j > i; j--) {
        if (earlier.covers(rules.get(j))) {
          rules.remove(j);
        }
      }
    }
    for (int i = 0; i < rules.size() - 1; i++) {
      if (laterRuleMakesNeedless(rules, i)) {
        rules.remove(i--);
      }
    }
  }

  private static void dropAfterCatchAll(List<PolicyRule> rules) {
    boolean[] closed = new boolean[2];
    rules.removeIf(
        rule -> {
          int family = rule.pattern().ipv6() ? 1 : 0;
          boolean dead = closed[family];
          closed[family] |= rule.pattern().maskBits() == 0 && rule.coversAllPorts();
          return dead;
        });
  }

  private static boolean laterRuleMakesNeedless(List<PolicyRule> rules, int i) {
    PolicyRule rule = rules.get(i);
    for (int j = i + 1; j < rules.size(); j++) {
      PolicyRule later = rules.get(j);
      if (rule.accept() != later.accept()) {
        if (rule.intersects(later)) {
          return false;
        }
      } else if (later.covers(rule)) {
        return true;
      }
    }
    return false;
  }

  private static String reducedPolicy() {
    return "accept *:" + String.join(",accept *:", REDUCED_PORTS.split(" ")) + ",reject *:*";
  }

  private static List<PolicyRule> trusted(String text) {
    try {
      return parseRules(List.of(text), Optional.empty()).rules;
    } catch (PolicySyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
