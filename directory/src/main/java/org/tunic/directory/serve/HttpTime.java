package org.tunic.directory.serve;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The times of HTTP headers.
 *
 * <p>Spec: RFC 9110, section 5.6.7. Threads: pure functions.
 */
public final class HttpTime {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String CLOCK = "(?<h>\\d{1,2}):(?<m>\\d{2}):(?<s>\\d{2})";

  /** As today, as in RFC 850, and as of C's asctime. */
  private static final List<Pattern> FORMS =
      List.of(
          Pattern.compile(
              "[A-Za-z]+, (?<d>\\d{1,2}) (?<mon>[A-Za-z]{3}) (?<y>\\d{4}) " + CLOCK + " GMT"),
          Pattern.compile(
              "[A-Za-z]+, (?<d>\\d{1,2})-(?<mon>[A-Za-z]{3})-(?<y>\\d{2}) " + CLOCK + " GMT"),
          Pattern.compile(
              "[A-Za-z]{3} (?<mon>[A-Za-z]{3}) +(?<d>\\d{1,2}) " + CLOCK + " (?<y>\\d{4})"));

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  /** Longest time looked at, in characters. */
  private static final int MAX_LENGTH = 64;

  private HttpTime() {}

  /** As {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  static String format(Instant time) {
    return FORMAT.format(time);
  }

  /**
   * A time in any of the three forms; empty for anything else, which counts as no header at all.
   */
  public static Optional<Instant> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    for (Pattern form : FORMS) {
      Matcher found = form.matcher(text.strip());
      if (found.matches()) {
        return time(found);
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> time(Matcher found) {
    int year = Integer.parseInt(found.group("y"));
    int century = year >= 100 ? 0 : year >= 70 ? 1900 : 2000;
    try {
      return Optional.of(
          LocalDateTime.of(
                  year + century,
                  MONTHS.indexOf(found.group("mon").toLowerCase(Locale.ROOT)) + 1,
                  Integer.parseInt(found.group("d")),
                  Integer.parseInt(found.group("h")),
                  Integer.parseInt(found.group("m")),
                  Integer.parseInt(found.group("s")))
              .toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
