package org.tunic.directory.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Computes the port summary of one address family of a policy.
 *
 * <p>Port by port it counts how many addresses were rejected so far; an accept of all addresses
 * opens those ports whose count is still small. All authorities must compute the same text, so the
 * odd parts (private nets do not count, accepts of less than everything are ignored, the cut at
 * 1000 characters) are as in C tor.
 *
 * <p>Spec: dir-spec/computing-microdescriptors. Threads: one caller, short-lived.
 */
final class PolicySummarizer {
  private static final int PORTS = 65535;

  /**
   * A port stays open to summaries while at most two IPv4 /8, or one IPv6 /16 counted in /64, are
   * rejected.
   */
  private static final long CUTOFF_V4 = 1L << 25;

  private static final long CUTOFF_V6 = 1L << 48;

  private final boolean ipv6;
  private final boolean[] accepted = new boolean[PORTS + 1];

  /** Rejected addresses (IPv4) or /64 nets (IPv6) by port; unsigned, saturating. */
  private final long[] rejected = new long[PORTS + 1];

  PolicySummarizer(boolean ipv6) {
    this.ipv6 = ipv6;
  }

  void add(PolicyRule rule) {
    AddressPattern pattern = rule.pattern();
    if (rule.accept()) {
      if (pattern.maskBits() == 0) {
        accept(rule);
      }
      return;
    }
    for (AddressPattern net : PolicyParser.PRIVATE_NETS) {
      if (net.sameNumber(pattern) && net.maskBits() == pattern.maskBits()) {
        return;
      }
    }
    reject(rule);
  }

  private void accept(PolicyRule rule) {
    long cutoff = ipv6 ? CUTOFF_V6 : CUTOFF_V4;
    for (int port = rule.minPort(); port <= rule.maxPort(); port++) {
      accepted[port] |= Long.compareUnsigned(rejected[port], cutoff) <= 0;
    }
  }

  private void reject(PolicyRule rule) {
    int bits = (ipv6 ? 64 : 32) - rule.pattern().maskBits();
    if (bits < 0) {
      return; // IPv6 prefixes longer than /64 are too small to count
    }
    long count = bits >= 64 ? -1L : 1L << bits;
    for (int port = rule.minPort(); port <= rule.maxPort(); port++) {
      long sum = rejected[port] + count;
      rejected[port] = Long.compareUnsigned(sum, count) < 0 ? -1L : sum;
    }
  }

  PolicySummary summary() {
    List<String> accepts = new ArrayList<>();
    List<String> rejects = new ArrayList<>();
    int start = 1;
    for (int port = 1; port <= PORTS; port++) {
      if (port == PORTS || accepted[port] != accepted[port + 1]) {
        (accepted[port] ? accepts : rejects).add(start == port ? "" + port : start + "-" + port);
        start = port + 1;
      }
    }
    if (accepts.isEmpty()) {
      return PolicySummary.REJECT_ALL;
    }
    if (rejects.isEmpty()) {
      return PolicySummary.ACCEPT_ALL;
    }
    return parse(shorter(String.join(",", accepts), String.join(",", rejects)));
  }

  private static String shorter(String accepts, String rejects) {
    int room = PolicySummary.MAX_LENGTH - "accept".length() - 1;
    if (rejects.length() > room && accepts.length() > room) {
      return "accept " + accepts.substring(0, accepts.lastIndexOf(',', room));
    }
    return rejects.length() < accepts.length() ? "reject " + rejects : "accept " + accepts;
  }

  private static PolicySummary parse(String text) {
    try {
      return PolicySummary.parse(text);
    } catch (PolicySyntaxException e) {
      throw new IllegalStateException(e); // we wrote it ourselves
    }
  }
}
