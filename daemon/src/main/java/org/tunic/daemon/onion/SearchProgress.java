package org.tunic.daemon.onion;

import java.util.Locale;
import org.tunic.crypto.hs.VanityPrefix;

/**
 * What can be said about a search for a vanity address while it runs.
 *
 * <p>Each key is a draw of its own: a search that has found nothing for an hour is no nearer to its
 * end than one that begins. So there is no percentage of work done. What is told is how many
 * searches of this length have found something by now, and in what time from now half of the
 * searches that still run, and nine in ten of them, find something, which is the same at any time.
 *
 * <p>Threads: immutable.
 *
 * @param expectedKeys keys that must be tried on average, at least 1
 * @param triedKeys keys tried so far
 * @param seconds time since the start
 */
record SearchProgress(double expectedKeys, long triedKeys, double seconds) {
  private static final double HALF = 0.5;
  private static final double NINE_IN_TEN = 0.9;

  static SearchProgress of(VanityPrefix prefix, long triedKeys, double seconds) {
    return new SearchProgress(prefix.expectedKeys(), triedKeys, seconds);
  }

  /** Keys a second; 0 before any was tried. */
  double rate() {
    return seconds <= 0 ? 0 : triedKeys / seconds;
  }

  /** The fraction of searches that end within so many keys. */
  double endedByNow() {
    return 1 - Math.exp(triedKeys * logOfMiss());
  }

  /** Seconds from now within which a fraction of the searches that still run end. */
  double secondsForFraction(double fraction) {
    double keys = Math.max(1, Math.log1p(-fraction) / logOfMiss());
    return keys / rate();
  }

  /** The logarithm of the probability that one key is none of those wanted; negative. */
  private double logOfMiss() {
    return Math.log1p(-1 / expectedKeys);
  }

  /** What was done: keys, time, rate. */
  String summary() {
    return count((double) triedKeys)
        + " keys in "
        + time(seconds)
        + (triedKeys == 0 ? "" : ", " + count(rate()) + " a second");
  }

  /** All that can be said, in one line. */
  String line() {
    if (triedKeys == 0) {
      return summary();
    }
    return String.format(
        Locale.ROOT,
        "%s; %.0f %% of such searches end by now; of those that go on, half end within %s more,"
            + " nine in ten within %s",
        summary(),
        100 * endedByNow(),
        time(secondsForFraction(HALF)),
        time(secondsForFraction(NINE_IN_TEN)));
  }

  /** A number in three digits and words. */
  static String count(double number) {
    if (number < 1e4) {
      return String.format(Locale.ROOT, "%.0f", number);
    }
    String[] words = {"thousand", "million", "billion", "trillion", "quadrillion", "quintillion"};
    int word = -1;
    double left = number;
    while (left >= 999.5 && word + 1 < words.length) {
      left /= 1000;
      word++;
    }
    return String.format(Locale.ROOT, left < 9.995 ? "%.2f %s" : "%.0f %s", left, words[word]);
  }

  /** A time in its two largest units. */
  static String time(double seconds) {
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds >= 1e13) {
      return count(seconds / (365.25 * 86400)) + " years";
    }
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    if (s < 3600) {
      return s / 60 + " min " + s % 60 + " s";
    }
    if (s < 86400) {
      return s / 3600 + " h " + s % 3600 / 60 + " min";
    }
    if (s < 365 * 86400L) {
      return s / 86400 + " d " + s % 86400 / 3600 + " h";
    }
    return count(seconds / (365.25 * 86400)) + " years";
  }
}
