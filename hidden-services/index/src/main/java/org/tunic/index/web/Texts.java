package org.tunic.index.web;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Numbers and times for people.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Texts {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MAIL =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss '+0000'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final int UNIT = 1024;

  private Texts() {}

  /** A number of bytes. */
  public static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= UNIT && unit < UNITS.length - 1) {
      value /= UNIT;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  /** A time, to the minute. */
  public static String date(long seconds) {
    return MINUTES.format(Instant.ofEpochSecond(seconds));
  }

  /** A time as feeds want it. */
  public static String mailDate(long seconds) {
    return MAIL.format(Instant.ofEpochSecond(seconds));
  }

  /** Down to two digits and zeros: what exact numbers would tell is nobody's business. */
  public static String rounded(long value) {
    long unit = 1;
    while (value / unit >= 100) {
      unit *= 10;
    }
    return Long.toString(value / unit * unit);
  }
}
