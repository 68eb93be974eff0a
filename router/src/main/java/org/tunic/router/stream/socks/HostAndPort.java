package org.tunic.router.stream.socks;

import java.util.Optional;

/**
 * The target of CONNECT, and the value of a Host header: {@code host[:port]}, {@code
 * [IPv6][:port]}.
 *
 * @param host not empty, without brackets; nothing more is checked
 * @param port 0 if none is given
 *     <p>Threads: immutable.
 */
record HostAndPort(String host, int port) {
  /** Takes the text apart; empty if it has no host or a bad port. */
  static Optional<HostAndPort> parse(String text) {
    String host = text;
    String port = "";
    int colon = text.lastIndexOf(':');
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0 || (end + 1 < text.length() && text.charAt(end + 1) != ':')) {
        return Optional.empty();
      }
      host = text.substring(1, end);
      port = end + 1 < text.length() ? text.substring(end + 2) : "";
      if (end + 2 == text.length()) {
        return Optional.empty();
      }
    } else if (colon >= 0 && text.indexOf(':') == colon) {
      host = text.substring(0, colon);
      port = text.substring(colon + 1);
      if (port.isEmpty()) {
        return Optional.empty();
      }
    }
    int number = port.isEmpty() ? 0 : number(port);
    return host.isEmpty() || number < 0
        ? Optional.empty()
        : Optional.of(new HostAndPort(host, number));
  }

  /** 1 to 65535, or -1. */
  private static int number(String digits) {
    if (digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int number = Integer.parseInt(digits);
    return number >= 1 && number <= 0xffff ? number : -1;
  }

  @Override
  public String toString() {
    return "HostAndPort[port " + port + "]";
  }
}
