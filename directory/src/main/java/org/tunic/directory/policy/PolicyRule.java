package org.tunic.directory.policy;

/**
 * One rule: accept or reject an address pattern on a range of ports.
 *
 * <p>Spec: dir-spec/nonterminals-server-descriptors. Threads: immutable.
 */
record PolicyRule(boolean accept, AddressPattern pattern, int minPort, int maxPort) {

  boolean matches(AddressPattern address, int port) {
    return minPort <= port && port <= maxPort && address.sharesPrefix(pattern, pattern.maskBits());
  }

  boolean coversAllPorts() {
    return minPort <= 1 && maxPort == 65535;
  }

  /** Whether everything {@code other} matches is matched here. */
  boolean covers(PolicyRule other) {
    return pattern.maskBits() <= other.pattern.maskBits()
        && pattern.sharesPrefix(other.pattern, pattern.maskBits())
        && minPort <= other.minPort
        && maxPort >= other.maxPort;
  }

  boolean intersects(PolicyRule other) {
    return pattern.sharesPrefix(
            other.pattern, Math.min(pattern.maskBits(), other.pattern.maskBits()))
        && minPort <= other.maxPort
        && other.minPort <= maxPort;
  }

  /** The form of a router descriptor ({@code accept6} for IPv6, {@code *} for a whole family). */
  String descriptorText() {
    return keyword()
        + (pattern.ipv6() ? "6" : "")
        + " "
        + (pattern.maskBits() == 0 ? "*" : pattern.text())
        + ports();
  }

  /** The form of a torrc ({@code *4} and {@code *6} for whole families). */
  String torrcText() {
    String any = pattern.ipv6() ? "*6" : "*4";
    return keyword() + " " + (pattern.maskBits() == 0 ? any : pattern.text()) + ports();
  }

  private String keyword() {
    return accept ? "accept" : "reject";
  }

  private String ports() {
    if (coversAllPorts()) {
      return ":*";
    }
    return minPort == maxPort ? ":" + minPort : ":" + minPort + "-" + maxPort;
  }
}
