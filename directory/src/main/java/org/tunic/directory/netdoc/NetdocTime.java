package org.tunic.directory.netdoc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Times as directory documents write them: {@code YYYY-MM-DD HH:MM:SS}, UTC, whole seconds.
 *
 * <p>Spec: dir-spec/netdoc. Threads: any, because all functions are pure.
 */
public final class NetdocTime {
  private static final int DATE_LENGTH = 10;
  private static final int TIME_LENGTH = 8;

  private NetdocTime() {}

  /**
   * The time in two arguments of an item.
   *
   * @param index the date's argument; the time of day is the next one
   * @throws DocumentSyntaxException if they are missing or no valid time
   */
  public static Instant at(Item item, int index) throws DocumentSyntaxException {
    try {
      return parse(item.arg(index), item.arg(index + 1));
    } catch (DateTimeException e) {
      throw item.fault("not a valid time");
    }
  }

  /**
   * The time in a date {@code YYYY-MM-DD} and a time of day {@code HH:MM:SS}.
   *
   * @throws DateTimeException if they are none
   */
  public static Instant parse(String date, String time) {
    if (date.length() != DATE_LENGTH
        || date.charAt(4) != '-'
        || date.charAt(7) != '-'
        || time.length() != TIME_LENGTH
        || time.charAt(2) != ':'
        || time.charAt(5) != ':') {
      throw new DateTimeException("not of the form YYYY-MM-DD HH:MM:SS");
    }
    int second = digits(time, 6, 8);
    return LocalDateTime.of(
            digits(date, 0, 4),
            digits(date, 5, 7),
            digits(date, 8, 10),
            digits(time, 0, 2),
            digits(time, 3, 5),
            Math.min(second, 59))
        .toInstant(ZoneOffset.UTC)
        // C tor takes 60, a leap second, as the second after 59.
        .plusSeconds(second == 60 ? 1 : 0);
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new DateTimeException("not a number");
      }
      value = value * 10 + (c - '0');
    }
    if (from == 6 && text.length() == TIME_LENGTH && value > 60) {
      throw new DateTimeException("no such second");
    }
    return value;
  }

  /** {@code YYYY-MM-DD HH:MM:SS}; parts of a second are cut. */
  public static String format(Instant time) {
    LocalDateTime t = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    StringBuilder out = new StringBuilder(19);
    pad(out, t.getYear(), 4).append('-');
    pad(out, t.getMonthValue(), 2).append('-');
    pad(out, t.getDayOfMonth(), 2).append(' ');
    pad(out, t.getHour(), 2).append(':');
    pad(out, t.getMinute(), 2).append(':');
    return pad(out, t.getSecond(), 2).toString();
  }

  private static StringBuilder pad(StringBuilder out, int value, int width) {
    String digits = Integer.toString(value);
    return out.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }
}
