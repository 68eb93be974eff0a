package org.tunic.daemon.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers with units of time or size, as C tor reads them: a number, which may have a fraction,
 * blanks, and a unit in any case.
 *
 * <p>Threads: any, because it has no state.
 */
final class Units {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[ \\t]*([+]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30}))[ \\t]*([A-Za-z]*)");

  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;

  private static final Map<String, Long> SIZES =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("b", 1L),
          Map.entry("byte", 1L),
          Map.entry("bytes", 1L),
          Map.entry("kb", KIB),
          Map.entry("kbyte", KIB),
          Map.entry("kbytes", KIB),
          Map.entry("kilobyte", KIB),
          Map.entry("kilobytes", KIB),
          Map.entry("kbit", KIB / 8),
          Map.entry("kbits", KIB / 8),
          Map.entry("kilobit", KIB / 8),
          Map.entry("kilobits", KIB / 8),
          Map.entry("m", MIB),
          Map.entry("mb", MIB),
          Map.entry("mbyte", MIB),
          Map.entry("mbytes", MIB),
          Map.entry("megabyte", MIB),
          Map.entry("megabytes", MIB),
          Map.entry("mbit", MIB / 8),
          Map.entry("mbits", MIB / 8),
          Map.entry("megabit", MIB / 8),
          Map.entry("megabits", MIB / 8),
          Map.entry("gb", GIB),
          Map.entry("gbyte", GIB),
          Map.entry("gbytes", GIB),
          Map.entry("gigabyte", GIB),
          Map.entry("gigabytes", GIB),
          Map.entry("gbit", GIB / 8),
          Map.entry("gbits", GIB / 8),
          Map.entry("gigabit", GIB / 8),
          Map.entry("gigabits", GIB / 8),
          Map.entry("tb", TIB),
          Map.entry("tbyte", TIB),
          Map.entry("tbytes", TIB),
          Map.entry("terabyte", TIB),
          Map.entry("terabytes", TIB),
          Map.entry("tbit", TIB / 8),
          Map.entry("tbits", TIB / 8),
          Map.entry("terabit", TIB / 8),
          Map.entry("terabits", TIB / 8));

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** A month is 30.437 days, the mean. */
  private static final Map<String, Long> SECONDS =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("second", 1L),
          Map.entry("seconds", 1L),
          Map.entry("minute", MINUTE),
          Map.entry("minutes", MINUTE),
          Map.entry("hour", HOUR),
          Map.entry("hours", HOUR),
          Map.entry("day", DAY),
          Map.entry("days", DAY),
          Map.entry("week", 7 * DAY),
          Map.entry("weeks", 7 * DAY),
          Map.entry("month", 2_629_728L),
          Map.entry("months", 2_629_728L));

  private static final Map<String, Long> MILLISECONDS =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("msec", 1L),
          Map.entry("millisecond", 1L),
          Map.entry("milliseconds", 1L),
          Map.entry("second", 1000L),
          Map.entry("seconds", 1000L),
          Map.entry("minute", 1000 * MINUTE),
          Map.entry("minutes", 1000 * MINUTE),
          Map.entry("hour", 1000 * HOUR),
          Map.entry("hours", 1000 * HOUR),
          Map.entry("day", 1000 * DAY),
          Map.entry("days", 1000 * DAY),
          Map.entry("week", 7000 * DAY),
          Map.entry("weeks", 7000 * DAY));

  private Units() {}

  /** Bytes. */
  static long bytes(String value) throws BadValue {
    return parse(value, SIZES, "a size such as 512 KBytes, 1.5 MB or 2 GBits");
  }

  /** Seconds, at most 2^31 − 1. */
  static long seconds(String value) throws BadValue {
    return limited(parse(value, SECONDS, "a time such as 30 seconds, 5 minutes or 2 days"));
  }

  /** Milliseconds, at most 2^31 − 1. */
  static long milliseconds(String value) throws BadValue {
    return limited(parse(value, MILLISECONDS, "a time such as 100 msec or 1 second"));
  }

  private static long limited(long value) throws BadValue {
    if (value > Integer.MAX_VALUE) {
      throw new BadValue("is too long a time", "use a shorter one");
    }
    return value;
  }

  private static long parse(String value, Map<String, Long> units, String example) throws BadValue {
    Matcher matcher = NUMBER.matcher(value);
    if (!matcher.matches()) {
      throw new BadValue("is not a number with a unit", "write " + example);
    }
    Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
    if (unit == null) {
      throw new BadValue("has an unknown unit", "write " + example);
    }
    BigInteger product =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).toBigInteger();
    if (product.compareTo(MAX) > 0) {
      throw new BadValue("is too large", "use a smaller number");
    }
    return product.longValueExact();
  }
}
