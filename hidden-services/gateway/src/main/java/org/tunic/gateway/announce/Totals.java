package org.tunic.gateway.announce;

/**
 * How much a client says it carried of a torrent since it started.
 *
 * <p>Spec: BEP 3. Threads: immutable.
 *
 * @param uploaded bytes
 * @param downloaded bytes
 */
public record Totals(long uploaded, long downloaded) {
  /** What trackers without accounts are told. */
  public static final Totals NONE = new Totals(0, 0);

  private static final int MAX_DIGITS = 18;

  /** Reads them from what stands behind the question mark; 0 for what is absent or no number. */
  public static Totals of(String query) {
    return new Totals(number(query, "uploaded="), number(query, "downloaded="));
  }

  private static long number(String query, String name) {
    int at = ("&" + query).indexOf("&" + name);
    if (at < 0) {
      return 0;
    }
    int from = at + name.length();
    int to = from;
    while (to < query.length() && query.charAt(to) >= '0' && query.charAt(to) <= '9') {
      to++;
    }
    boolean whole = to == query.length() || query.charAt(to) == '&';
    return whole && to > from && to - from <= MAX_DIGITS
        ? Long.parseLong(query.substring(from, to))
        : 0;
  }
}
