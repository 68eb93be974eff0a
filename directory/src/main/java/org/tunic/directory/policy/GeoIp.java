package org.tunic.directory.policy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which country an IPv4 address is in, by C tor's {@code geoip} file: lines {@code LOW,HIGH,CC} of
 * two addresses as decimal numbers and two letters, or the same with quotes and further columns.
 * Blank lines and those from {@code #} on are skipped.
 *
 * <p>C tor counts a relay to the country of its IPv4 address, so IPv6 ranges are not needed.
 *
 * <p>Threads: immutable.
 */
public final class GeoIp {
  /** Of an address in no range. */
  public static final String UNKNOWN = "??";

  /** No file: every address is {@link #UNKNOWN}. */
  public static final GeoIp NONE = new GeoIp(List.of());

  /** Ranges read at most; files of the public internet have some 400 000. */
  static final int MAX_RANGES = 4_000_000;

  private static final long MAX_ADDRESS = 0xffffffffL;

  private record Range(long low, long high, String country) {}

  /** Ascending. */
  private final long[] lows;

  private final long[] highs;
  private final String[] countries;
  private final Set<String> known = new HashSet<>();

  private GeoIp(List<Range> ranges) {
    List<Range> sorted = ranges.stream().sorted(Comparator.comparingLong(Range::low)).toList();
    lows = sorted.stream().mapToLong(Range::low).toArray();
    highs = sorted.stream().mapToLong(Range::high).toArray();
    countries = sorted.stream().map(range -> range.country().intern()).toArray(String[]::new);
    known.addAll(List.of(countries));
  }

  /**
   * Reads the lines of a file. A line that is none of the forms is left out, as in C tor.
   *
   * @param lines at most {@link #MAX_RANGES} of them count
   */
  public static GeoIp parse(Stream<String> lines) {
    List<Range> ranges = new ArrayList<>();
    lines.limit(MAX_RANGES).forEach(line -> add(line.strip(), ranges));
    return new GeoIp(ranges);
  }

  private static void add(String line, List<Range> ranges) {
    if (line.isEmpty() || line.charAt(0) == '#') {
      return;
    }
    String[] columns = line.replace("\"", "").split(",", 4);
    if (columns.length < 3 || columns[2].length() != 2) {
      return;
    }
    long low = number(columns[0]);
    long high = number(columns[1]);
    if (low >= 0 && high >= low) {
      ranges.add(new Range(low, high, columns[2].toLowerCase(Locale.ROOT)));
    }
  }

  /** −1 unless it is an address. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    long value = Long.parseLong(text);
    return value > MAX_ADDRESS ? -1 : value;
  }

  /** Whether there is no range at all. */
  public boolean isEmpty() {
    return lows.length == 0;
  }

  /** Whether any range is of this country, two letters in lower case. */
  public boolean knows(String country) {
    return known.contains(country) || (country.equals(UNKNOWN) && !isEmpty());
  }

  /** The country of an address, two letters in lower case, or {@link #UNKNOWN}. */
  public String country(InetAddress address) {
    if (!(address instanceof Inet4Address)) {
      return UNKNOWN;
    }
    long ip = 0;
    for (byte part : address.getAddress()) {
      ip = ip << 8 | (part & 0xff);
    }
    int from = 0;
    int to = lows.length;
    while (from < to) { // the last range that does not begin beyond it
      int middle = (from + to) >>> 1;
      if (lows[middle] <= ip) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from > 0 && ip <= highs[from - 1] ? countries[from - 1] : UNKNOWN;
  }
}
