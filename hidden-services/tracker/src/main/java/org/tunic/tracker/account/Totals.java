package org.tunic.tracker.account;

/**
 * What an account has moved, by the word of its clients.
 *
 * <p>Threads: immutable.
 *
 * @param uploaded bytes
 * @param downloaded bytes
 * @param completed torrents fetched to their end
 */
public record Totals(long uploaded, long downloaded, long completed) {
  static final Totals NONE = new Totals(0, 0, 0);

  /** Sums that would overflow stay at the largest number. */
  Totals plus(long up, long down, boolean complete) {
    return new Totals(sum(uploaded, up), sum(downloaded, down), sum(completed, complete ? 1 : 0));
  }

  private static long sum(long value, long more) {
    return value > Long.MAX_VALUE - more ? Long.MAX_VALUE : value + more;
  }
}
