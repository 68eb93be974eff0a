package org.tunic.directory.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The grammar of single rules in its two dialects: in a torrc {@code *} means both families and an
 * IPv6 pattern may follow plain {@code accept}; in a descriptor {@code *} means IPv4 and the
 * keyword must tell the family.
 *
 * <p>Spec: dir-spec/nonterminals-server-descriptors. Threads: immutable.
 */
final class PolicyParser {
  /** Longest address, mask and port range of a rule in characters, as in C tor. */
  private static final int MAX_PATTERN_LENGTH = 48 + 2 + 17 + 13;

  /**
   * What {@code private} stands for, in the order C tor expands it; authorities must agree on it.
   */
  static final List<AddressPattern> PRIVATE_NETS =
      List.of(
          v4(0, 0, 8),
          v4(169, 254, 16),
          v4(127, 0, 8),
          v4(192, 168, 16),
          v4(10, 0, 8),
          v4(172, 16, 12),
          v6(0, 8),
          v6(0xfc00, 7),
          v6(0xfe80, 10),
          v6(0xfec0, 10),
          v6(0xff00, 8),
          v6(0, 127));

  private PolicyParser() {}

  /** Family a keyword or a pattern is bound to. */
  private enum Families {
    V4,
    V6,
    BOTH
  }

  private record Pattern(Families families, List<AddressPattern> patterns) {}

  /**
   * One rule of a torrc option; several rules if it stands for several nets, none if it pairs
   * {@code accept6} with IPv4 (C tor warns and goes on).
   *
   * @param assumed what a rule without keyword does, or empty if it must have one
   */
  static List<PolicyRule> torrcRule(String text, Optional<Boolean> assumed)
      throws PolicySyntaxException {
    String rule = text.strip();
    char first = rule.isEmpty() ? ' ' : rule.charAt(0);
    boolean bare = first == '*' || first == '[' || (first >= '0' && first <= '9');
    if (bare && assumed.isPresent()) {
      rule = (assumed.get() ? "accept " : "reject ") + rule.toLowerCase(java.util.Locale.ROOT);
    }
    String[] words = rule.split("[ \t]+");
    if (words.length != 2) {
      throw new PolicySyntaxException("expected accept or reject and one address pattern");
    }
    boolean accept = accepts(words[0]);
    boolean onlyV6 = words[0].endsWith("6");
    if (words[1].startsWith("private")) {
      return expand(accept, PRIVATE_NETS, privatePorts(words[1]));
    }
    Parts parts = Parts.of(words[1]);
    Pattern pattern = pattern(parts, onlyV6 ? Families.V6 : Families.BOTH, true);
    int[] ports = ports(parts.port);
    if (onlyV6 && pattern.families != Families.V6) {
      return List.of();
    }
    return expand(accept, pattern.patterns, ports);
  }

  /**
   * One {@code accept}, {@code reject}, {@code accept6} or {@code reject6} item of a router
   * descriptor.
   */
  static List<PolicyRule> descriptorRule(String keyword, String argument)
      throws PolicySyntaxException {
    boolean accept = accepts(keyword);
    boolean v6 = keyword.endsWith("6");
    if (argument.startsWith("private")) {
      return expand(accept, PRIVATE_NETS, privatePorts(argument));
    }
    Parts parts = Parts.of(argument);
    Pattern pattern = pattern(parts, Families.V4, false);
    if (v6 != (pattern.families == Families.V6)) {
      throw new PolicySyntaxException("keyword and address family of an exit policy differ");
    }
    return expand(accept, pattern.patterns, ports(parts.port));
  }

  private static boolean accepts(String keyword) throws PolicySyntaxException {
    return switch (keyword) {
      case "accept", "accept6" -> true;
      case "reject", "reject6" -> false;
      default -> throw new PolicySyntaxException("expected accept or reject");
    };
  }

  private static List<PolicyRule> expand(
      boolean accept, List<AddressPattern> patterns, int[] ports) {
    List<PolicyRule> rules = new ArrayList<>();
    for (AddressPattern pattern : patterns) {
      rules.add(new PolicyRule(accept, pattern, ports[0], ports[1]));
    }
    return rules;
  }

  private static Pattern pattern(Parts parts, Families star, boolean extendedStar)
      throws PolicySyntaxException {
    String address = parts.address;
    if (address.startsWith("*")) {
      if (!parts.mask.isEmpty()) {
        throw new PolicySyntaxException("a wildcard address takes no mask");
      }
      Families families =
          switch (address) {
            case "*" -> star;
            case "*4" -> Families.V4;
            case "*6" -> Families.V6;
            default -> throw new PolicySyntaxException("unknown wildcard address");
          };
      if (!extendedStar && address.length() > 1) {
        throw new PolicySyntaxException("unknown wildcard address");
      }
      return switch (families) {
        case V4 -> new Pattern(families, List.of(AddressPattern.ANY_V4));
        case V6 -> new Pattern(families, List.of(AddressPattern.ANY_V6));
        case BOTH -> new Pattern(families, List.of(AddressPattern.ANY_V4, AddressPattern.ANY_V6));
      };
    }
    Optional<byte[]> bytes = IpLiteral.parse(address);
    if (bytes.isEmpty()) {
      throw new PolicySyntaxException("malformed address in a policy");
    }
    int width = bytes.get().length * 8;
    int bits = parts.hasMask ? maskBits(parts.mask, width, isV4Mapped(bytes.get())) : width;
    AddressPattern pattern = AddressPattern.of(bits == 0 ? new byte[width / 8] : bytes.get(), bits);
    return new Pattern(pattern.ipv6() ? Families.V6 : Families.V4, List.of(pattern));
  }

  private static int maskBits(String mask, int width, boolean v4Mapped)
      throws PolicySyntaxException {
    int bits;
    if (!mask.isEmpty() && mask.length() <= 3 && mask.chars().allMatch(c -> c >= '0' && c <= '9')) {
      bits = Integer.parseInt(mask);
    } else {
      Optional<byte[]> address = IpLiteral.parse(mask);
      if (address.isEmpty() || address.get().length != 4) {
        throw new PolicySyntaxException("malformed mask in a policy");
      }
      long value = AddressPattern.of(address.get(), 32).low();
      bits = Long.bitCount(value);
      if (value != (bits == 0 ? 0 : (0xffffffffL << (32 - bits)) & 0xffffffffL)) {
        throw new PolicySyntaxException("mask is not a prefix");
      }
    }
    if (bits > width || (v4Mapped && bits > 32 && bits < 96)) {
      throw new PolicySyntaxException("bad number of mask bits");
    }
    return v4Mapped ? 96 + bits % 32 : bits; // C tor maps masks of v4-mapped addresses so
  }

  private static boolean isV4Mapped(byte[] bytes) {
    if (bytes.length != 16 || bytes[10] != -1 || bytes[11] != -1) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int[] privatePorts(String argument) throws PolicySyntaxException {
    String rest = argument.substring("private".length());
    if (!rest.startsWith(":")) {
      throw new PolicySyntaxException("private must be followed by a port pattern");
    }
    return ports(rest.substring(1));
  }

  private static int[] ports(String text) throws PolicySyntaxException {
    if (text.isEmpty() || text.equals("*")) {
      return new int[] {1, 65535};
    }
    int dash = text.indexOf('-');
    int low = PolicySummary.port(dash < 0 ? text : text.substring(0, dash));
    int high = dash < 0 ? low : PolicySummary.port(text.substring(dash + 1));
    if (low > high) {
      throw new PolicySyntaxException("port range runs backwards");
    }
    return new int[] {low, high};
  }

  /** {@code ADDRESS[/MASK][:PORTS]} taken apart; brackets are gone. */
  private record Parts(String address, boolean hasMask, String mask, String port) {
    static Parts of(String text) throws PolicySyntaxException {
      if (text.length() > MAX_PATTERN_LENGTH) {
        throw new PolicySyntaxException("address pattern too long");
      }
      int addressEnd = 0;
      if (text.startsWith("[")) {
        addressEnd = text.indexOf(']');
        if (addressEnd < 0) {
          throw new PolicySyntaxException("no closing bracket in an address pattern");
        }
      }
      int slash = text.indexOf('/', addressEnd);
      int colon = text.indexOf(':', slash >= 0 ? slash : addressEnd);
      if (addressEnd > 0) {
        int next = slash >= 0 ? slash : colon;
        if (next >= 0 ? next != addressEnd + 1 : text.length() != addressEnd + 1) {
          throw new PolicySyntaxException(
              "something follows the closing bracket of an address pattern");
        }
      }
      int end = colon >= 0 ? colon : text.length();
      String host = text.substring(0, slash >= 0 ? slash : end);
      String address = addressEnd > 0 ? text.substring(1, addressEnd) : host;
      String mask = slash >= 0 ? text.substring(slash + 1, end) : "";
      return new Parts(address, slash >= 0, mask, colon >= 0 ? text.substring(colon + 1) : "");
    }
  }

  private static AddressPattern v4(int first, int second, int bits) {
    return new AddressPattern(false, 0, (long) first << 24 | (long) second << 16, bits);
  }

  private static AddressPattern v6(int first, int bits) {
    return new AddressPattern(true, (long) first << 48, 0, bits);
  }
}
