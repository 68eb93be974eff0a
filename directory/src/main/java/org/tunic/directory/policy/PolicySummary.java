package org.tunic.directory.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A port list of an exit, as in the {@code p} and {@code p6} lines of microdescriptors and the
 * consensus and in {@code ipv6-policy}: {@code accept 80,443} or {@code reject 1-1024}. It says for
 * which ports most of the Internet's addresses are allowed.
 *
 * <p>Spec: dir-spec/computing-microdescriptors, dir-spec/computing-consensus. Threads: immutable.
 */
public final class PolicySummary {
  /** Longest summary in characters, keyword included, that an authority writes. */
  public static final int MAX_LENGTH = 1000;

  /** Most port ranges a summary can hold. */
  public static final int MAX_RANGES = 1000;

  public static final PolicySummary REJECT_ALL = new PolicySummary(false, new int[] {1, 65535});
  public static final PolicySummary ACCEPT_ALL = new PolicySummary(true, new int[] {1, 65535});

  private final boolean accept;

  /** Low and high port of each range, in the order of the text. */
  private final int[] ranges;

  private PolicySummary(boolean accept, int[] ranges) {
    this.accept = accept;
    this.ranges = ranges;
  }

  /**
   * Reads {@code accept PORTS} or {@code reject PORTS}. A list element that does not begin with a
   * number is skipped, as C tor does.
   *
   * @throws PolicySyntaxException if the keyword is another one, a range is bad, or no range is
   *     left: refuse the document
   */
  public static PolicySummary parse(String text) throws PolicySyntaxException {
    boolean accept = text.startsWith("accept ");
    if (!accept && !text.startsWith("reject ")) {
      throw new PolicySyntaxException("policy summary is neither accept nor reject");
    }
    List<int[]> found = new ArrayList<>();
    String[] elements = text.substring(7).split(",", MAX_RANGES + 2);
    if (elements.length > MAX_RANGES + 1) {
      throw new PolicySyntaxException("policy summary has too many ranges");
    }
    for (int i = 0; i < elements.length; i++) {
      String element = elements[i];
      if (element.isEmpty()) {
        continue;
      }
      if (element.charAt(0) < '0' || element.charAt(0) > '9') {
        continue;
      }
      int dash = element.indexOf('-');
      int low = port(dash < 0 ? element : element.substring(0, dash));
      int high = dash < 0 ? low : port(element.substring(dash + 1));
      if (low > high) {
        throw new PolicySyntaxException("port range runs backwards");
      }
      found.add(new int[] {low, high});
    }
    if (found.isEmpty()) {
      throw new PolicySyntaxException("policy summary without ports");
    }
    return new PolicySummary(accept, found.stream().flatMapToInt(Arrays::stream).toArray());
  }

  /** Whether a connection to {@code port} (1 to 65535) at a typical address is allowed. */
  public boolean allows(int port) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] <= port && port <= ranges[i + 1]) {
        return accept;
      }
    }
    return !accept;
  }

  /** Whether this is literally {@code reject 1-65535}, which documents leave out. */
  public boolean isRejectAll() {
    return !accept && ranges.length == 2 && ranges[0] == 1 && ranges[1] == 65535;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(accept ? "accept " : "reject ");
    for (int i = 0; i < ranges.length; i += 2) {
      out.append(i == 0 ? "" : ",").append(ranges[i]);
      if (ranges[i + 1] != ranges[i]) {
        out.append('-').append(ranges[i + 1]);
      }
    }
    return out.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicySummary o
        && accept == o.accept
        && Arrays.equals(ranges, o.ranges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ranges) * 2 + (accept ? 1 : 0);
  }

  static int port(String text) throws PolicySyntaxException {
    int value = 0;
    for (int i = 0; i < text.length() && value <= 65535; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new PolicySyntaxException("port is not a number");
      }
      value = value * 10 + c - '0';
    }
    if (value < 1 || value > 65535) {
      throw new PolicySyntaxException("port outside 1 to 65535");
    }
    return value;
  }
}
