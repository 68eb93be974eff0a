package org.tunic.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The types of torrc options, with C tor's names. {@link #parse} gives the Java value and {@link
 * #encode} the text that C tor's {@code --dump-config} shows for it.
 *
 * <p>Threads: immutable.
 */
enum OptionType {
  /** 0 or 1: {@link Boolean}. */
  BOOL,
  /** 0, 1 or auto: {@link AutoBool}. */
  AUTOBOOL,
  /** Signed 32-bit number: {@link Long}. */
  INT,
  /** Number from 0 to 2^31 − 1: {@link Long}. */
  POSINT,
  /** Unsigned 64-bit number: {@link Long} to be read as unsigned. */
  UINT64,
  /** {@link Double}. */
  DOUBLE,
  /** Time with unit, whole seconds: {@link Duration}. */
  INTERVAL,
  /** Time with unit, whole milliseconds: {@link Duration}. */
  MSEC_INTERVAL,
  /** Interval of which only the part before the first comma counts: {@link Duration}. */
  CSV_INTERVAL,
  /** Size with unit, bytes: {@link Long}. */
  MEMUNIT,
  /** Any text: {@link String}. */
  STRING,
  /** A path: {@link String}, since only the option knows what it is relative to. */
  FILENAME,
  /** Texts with commas between: {@link List} of {@link String}. */
  CSV,
  /** Relays by name, fingerprint, country or address: {@link RouterSet}. */
  ROUTERSET,
  /** Lines kept as they are, all of them: a list of {@link ConfigLine}. */
  LINELIST,
  /** As LINELIST, kept together with lines of other options in their common order. */
  GROUP;

  boolean isList() {
    return this == LINELIST || this == GROUP;
  }

  /** The value of an option that was written without any. */
  @Nullable Object cleared() {
    return switch (this) {
      case BOOL -> false;
      case AUTOBOOL -> AutoBool.NO;
      case INT, POSINT, UINT64, MEMUNIT -> 0L;
      case DOUBLE -> 0.0;
      case INTERVAL, MSEC_INTERVAL, CSV_INTERVAL -> Duration.ZERO;
      case CSV -> List.of();
      case ROUTERSET -> RouterSet.EMPTY;
      case STRING, FILENAME, LINELIST, GROUP -> null;
    };
  }

  /**
   * Reads the value of a single-valued option.
   *
   * @throws BadValue if it does not fit the type
   */
  Object parse(String value) throws BadValue {
    return switch (this) {
      case BOOL -> bool(value);
      case AUTOBOOL -> autoBool(value);
      case INT -> integer(value, Integer.MIN_VALUE);
      case POSINT -> integer(value, 0);
      case UINT64 -> unsigned(value);
      case DOUBLE -> real(value);
      case INTERVAL -> Duration.ofSeconds(Units.seconds(value));
      case MSEC_INTERVAL -> Duration.ofMillis(Units.milliseconds(value));
      case CSV_INTERVAL -> Duration.ofSeconds(Units.seconds(beforeComma(value)));
      case MEMUNIT -> Units.bytes(value);
      case STRING, FILENAME -> value;
      case CSV -> csv(value);
      case ROUTERSET -> RouterSet.parse(value);
      case LINELIST, GROUP -> throw new IllegalStateException("a list has no single value");
    };
  }

  /** The text of a value, as it may be written in a torrc. */
  String encode(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Boolean b -> b ? "1" : "0";
      case AutoBool.NO -> "0";
      case AutoBool.YES -> "1";
      case AutoBool.AUTO -> "auto";
      case Long n when this == UINT64 -> Long.toUnsignedString(n);
      case Duration d when this == MSEC_INTERVAL -> Long.toString(d.toMillis());
      case Duration d -> Long.toString(d.toSeconds());
      case Double d -> String.format(Locale.ROOT, "%f", d);
      case List<?> list -> String.join(",", list.stream().map(String::valueOf).toList());
      default -> value.toString();
    };
  }

  private static Boolean bool(String value) throws BadValue {
    return switch (value) {
      case "0" -> false;
      case "1" -> true;
      default -> throw new BadValue("is not 0 or 1", "write 0 or 1");
    };
  }

  private static AutoBool autoBool(String value) throws BadValue {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "0" -> AutoBool.NO;
      case "1" -> AutoBool.YES;
      case "auto" -> AutoBool.AUTO;
      default -> throw new BadValue("is not 0, 1 or auto", "write 0, 1 or auto");
    };
  }

  private static Long integer(String value, int min) throws BadValue {
    try {
      long number = Long.parseLong(value.strip());
      if (number >= min && number <= Integer.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through: the same message for both.
    }
    throw new BadValue(
        "is not a whole number in range", "write one from " + min + " to " + Integer.MAX_VALUE);
  }

  private static Long unsigned(String value) throws BadValue {
    try {
      return Long.parseUnsignedLong(value.strip());
    } catch (NumberFormatException e) {
      throw new BadValue("is not a whole number in range", "write one from 0 to 2^64 - 1");
    }
  }

  private static Double real(String value) throws BadValue {
    try {
      double number = Double.parseDouble(value);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through: the same message for both.
    }
    throw new BadValue("is not a number", "write one such as 0.75");
  }

  private static String beforeComma(String value) {
    int comma = value.indexOf(',');
    return comma < 0 ? value : value.substring(0, comma);
  }

  static List<String> csv(String value) {
    List<String> parts = new ArrayList<>();
    for (String part : value.split(",")) {
      String stripped = part.strip();
      if (!stripped.isEmpty()) {
        parts.add(stripped);
      }
    }
    return List.copyOf(parts);
  }
}
