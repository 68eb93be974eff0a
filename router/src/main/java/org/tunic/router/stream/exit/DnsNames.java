package org.tunic.router.stream.exit;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.tunic.directory.policy.IpLiteral;

/**
 * Which names an exit looks up, and the names of reverse lookups.
 *
 * <p>Threads: pure functions.
 */
public final class DnsNames {
  /** Characters of a name, without the final dot. */
  static final int MAX_LENGTH = 253;

  private static final int MAX_LABEL_LENGTH = 63;
  private static final String REVERSE_IPV4 = ".in-addr.arpa";
  private static final String REVERSE_IPV6 = ".ip6.arpa";

  private DnsNames() {}

  /**
   * The canonical form of a name: lower case, no final dot.
   *
   * @return empty if a label is empty or too long, or a character is none of letters, digits,
   *     {@code -} and {@code _} (ServerDNSAllowNonRFC953Hostnames 0)
   */
  static Optional<String> canonical(String name) {
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (bare.isEmpty() || bare.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int labelLength = 0;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (c == '.') {
        if (labelLength == 0) {
          return Optional.empty();
        }
        labelLength = 0;
        continue;
      }
      boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      boolean allowed = letter || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!allowed || ++labelLength > MAX_LABEL_LENGTH) {
        return Optional.empty();
      }
    }
    return labelLength == 0 ? Optional.empty() : Optional.of(bare.toLowerCase(Locale.ROOT));
  }

  /** Whether a canonical name belongs to reverse lookups, well formed or not. */
  static boolean isReverse(String canonical) {
    return canonical.endsWith(REVERSE_IPV4) || canonical.endsWith(REVERSE_IPV6);
  }

  /** The address a reverse name stands for, if it is well formed. */
  static Optional<InetAddress> reverseAddress(String canonical) {
    if (canonical.endsWith(REVERSE_IPV4)) {
      String[] octets = strip(canonical, REVERSE_IPV4);
      if (octets.length != 4) {
        return Optional.empty();
      }
      return IpLiteral.parseAddress(
          octets[3] + "." + octets[2] + "." + octets[1] + "." + octets[0]);
    }
    if (!canonical.endsWith(REVERSE_IPV6)) {
      return Optional.empty();
    }
    String[] nibbles = strip(canonical, REVERSE_IPV6);
    if (nibbles.length != 32) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 31; i >= 0; i--) {
      if (nibbles[i].length() != 1) {
        return Optional.empty();
      }
      text.append(nibbles[i]);
      if (i > 0 && i % 4 == 0) {
        text.append(':');
      }
    }
    return IpLiteral.parseAddress(text.toString());
  }

  private static String[] strip(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length()).split("\\.", -1);
  }

  /** The name to ask a PTR record of, under in-addr.arpa or ip6.arpa. */
  public static String reverseName(InetAddress address) {
    byte[] bytes = address.getAddress();
    StringBuilder name = new StringBuilder();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes.length == 4) {
        name.append(bytes[i] & 0xff).append(i > 0 ? "." : "");
      } else {
        name.append(Character.forDigit(bytes[i] & 0xf, 16)).append('.');
        name.append(Character.forDigit(bytes[i] >> 4 & 0xf, 16)).append(i > 0 ? "." : "");
      }
    }
    return name.append(bytes.length == 4 ? REVERSE_IPV4 : REVERSE_IPV6).toString();
  }
}
