package org.tunic.daemon.config;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Literal IP addresses. Host names are never looked up: a torrc that needs one is refused.
 *
 * <p>Threads: any, because it has no state.
 */
final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])");

  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private Addresses() {}

  /** An IPv4 address of four parts, or an IPv6 address with or without brackets. */
  static Optional<InetAddress> parse(String text) {
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    String literal = bracketed ? text.substring(1, text.length() - 1) : text;
    boolean ipv4 = !bracketed && IPV4.matcher(literal).matches();
    if (!ipv4 && !IPV6.matcher(literal).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As {@link #parse}, and {@code localhost} for 127.0.0.1. */
  static Optional<InetAddress> parseOrLocalhost(String text) {
    return parse(text.equalsIgnoreCase("localhost") ? "127.0.0.1" : text);
  }

  /** A port from {@code min} to 65535, or -1. */
  static int port(String text, int min) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int port = Integer.parseInt(text);
    return port >= min && port <= 65535 ? port : -1;
  }

  /**
   * The text before the last colon that is not inside brackets; the whole text if there is none.
   */
  static String hostOf(String hostPort) {
    int colon = portColon(hostPort);
    return colon < 0 ? hostPort : hostPort.substring(0, colon);
  }

  /** The text after the colon of {@link #hostOf}; empty if there is none. */
  static String portOf(String hostPort) {
    int colon = portColon(hostPort);
    return colon < 0 ? "" : hostPort.substring(colon + 1);
  }

  /** A bare IPv6 address has more than one colon and no port. */
  private static int portColon(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    if (hostPort.startsWith("[")) {
      return colon > hostPort.indexOf(']') ? colon : -1;
    }
    return colon == hostPort.indexOf(':') ? colon : -1;
  }
}
