package org.tunic.daemon.statistics;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.tunic.router.guard.StateDocument;

/**
 * Bytes of one kind and one direction: how many on each of the last days, and the most in any ten
 * seconds of each. A day begins when the relay first starts, not at midnight; it ends with the
 * first bytes behind it, so a relay that carries nothing says nothing new.
 *
 * <p>In an extra-info document, and in the state file, which keeps the day that has not ended yet
 * too:
 *
 * <pre>
 * write-history 2026-11-27 22:00:00 (86400 s) 1024,2048        end of the last day, bytes of each
 *
 * BWHistoryWriteEnds 2026-11-28 22:00:00                       end of the day that has not ended
 * BWHistoryWriteInterval 86400
 * BWHistoryWriteMaxima 1024,1024,0                             bytes a second
 * BWHistoryWriteValues 1024,2048,0
 * </pre>
 *
 * <p>Numbers are rounded down to whole KiB, as C tor does.
 *
 * <p>Spec: dir-spec/extra-info-document-format#item:write-history. Threads: guarded by {@link
 * TrafficHistory}.
 */
final class BandwidthHistory {
  /** Seconds of a day. */
  static final int PERIOD_SECONDS = 24 * 60 * 60;

  /** Days that count. */
  static final int PERIODS = 5;

  /** Seconds over which the most is measured. */
  static final int ROLLING_SECONDS = 10;

  /** More than any relay carries in a day, and little enough to reckon with. */
  private static final long MAX_BYTES = 1L << 53;

  private static final long KIB = ~0x3ffL;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /** C tor's before a relay ever wrote one. */
  private static final int DEFAULT_INTERVAL = 900;

  /** Totals of the days that have ended, oldest first, at most {@link #PERIODS}. */
  private final List<Long> totals = new ArrayList<>();

  /** The most in ten seconds of each of these days. */
  private final List<Long> maxima = new ArrayList<>();

  /** Bytes of the last ten seconds, a ring. */
  private final long[] recent = new long[ROLLING_SECONDS];

  private int recentAt;

  /** Sum of the ring without the present second. */
  private long recentBefore;

  private long second; // the present one, of the epoch
  private long periodEnds;
  private long total;
  private long most;

  /** Begins now. */
  BandwidthHistory(Instant now) {
    begin(now.getEpochSecond());
  }

  private void begin(long epochSecond) {
    second = epochSecond;
    periodEnds = epochSecond + PERIOD_SECONDS;
  }

  /** Takes note of bytes; those of a second before the last are forgotten. */
  void add(Instant when, long bytes) {
    add(when.getEpochSecond(), bytes);
  }

  private void add(long when, long bytes) {
    if (when < second) {
      return;
    }
    while (when > second) {
      endSecond();
    }
    recent[recentAt] += bytes;
    total += bytes;
  }

  private void endSecond() {
    long sum = recentBefore + recent[recentAt];
    most = Math.max(most, sum);
    recentAt = (recentAt + 1) % ROLLING_SECONDS;
    recentBefore = sum - recent[recentAt];
    recent[recentAt] = 0;
    second++;
    if (second >= periodEnds) {
      endPeriod();
    }
  }

  private void endPeriod() {
    totals.add(total);
    maxima.add(most);
    if (totals.size() > PERIODS) {
      totals.removeFirst();
      maxima.removeFirst();
    }
    periodEnds += PERIOD_SECONDS;
    total = 0;
    most = 0;
  }

  /**
   * The most bytes in ten seconds of any day.
   *
   * @param leastSeconds how old the present day must be to count
   */
  long most(long leastSeconds) {
    long found = second > periodEnds - PERIOD_SECONDS + leastSeconds ? most : 0;
    for (long ended : maxima) {
      found = Math.max(found, ended);
    }
    return found;
  }

  /**
   * The line of an extra-info document; empty before the first day has ended.
   *
   * @param keyword its first word
   * @param atMost bytes of a day beyond which we do not say more
   */
  Optional<String> line(String keyword, long atMost) {
    if (totals.isEmpty()) {
      return Optional.empty();
    }
    StringJoiner values = new StringJoiner(",");
    totals.forEach(ended -> values.add(Long.toString(Math.min(ended & KIB, atMost))));
    String end = STAMP.format(Instant.ofEpochSecond(periodEnds - PERIOD_SECONDS));
    return Optional.of("%s %s (%d s) %s".formatted(keyword, end, PERIOD_SECONDS, values));
  }

  /**
   * Puts it into a state document.
   *
   * @param kind what stands between {@code BWHistory} and the name of the value
   */
  StateDocument into(StateDocument state, String kind) {
    StringJoiner values = new StringJoiner(",");
    totals.forEach(ended -> values.add(Long.toString(ended & KIB)));
    values.add(Long.toString(total & KIB));
    StringJoiner rates = new StringJoiner(",");
    maxima.forEach(ended -> rates.add(Long.toString(ended / ROLLING_SECONDS & KIB)));
    rates.add(Long.toString(most / ROLLING_SECONDS & KIB));
    String name = "BWHistory" + kind;
    return state
        .with(name + "Ends", List.of(STAMP.format(Instant.ofEpochSecond(periodEnds))))
        .with(name + "Interval", List.of(Integer.toString(PERIOD_SECONDS)))
        .with(name + "Maxima", List.of(rates.toString()))
        .with(name + "Values", List.of(values.toString()));
  }

  /**
   * Reads what the state file says; a history that ended more than {@link #PERIODS} days ago counts
   * for nothing. The bytes of an interval are spread over its seconds, for nobody knows better.
   *
   * @throws NumberFormatException if a number cannot be read
   * @throws DateTimeException if the time cannot be read
   */
  static BandwidthHistory from(StateDocument state, String kind, Instant now) {
    BandwidthHistory history = new BandwidthHistory(now);
    String name = "BWHistory" + kind;
    List<String> values = list(state, name + "Values");
    List<String> maxima = list(state, name + "Maxima");
    List<String> ends = state.values(name + "Ends");
    if (values.isEmpty() || ends.isEmpty()) {
      return history;
    }
    long end = LocalDateTime.parse(ends.getLast(), STAMP).toEpochSecond(ZoneOffset.UTC);
    long interval = interval(state, name + "Interval");
    int first = firstOf(values.size(), interval);
    long start = end - interval * (values.size() - first);
    long until = now.getEpochSecond();
    if (end < until - (long) PERIOD_SECONDS * PERIODS || start > until) {
      return history;
    }
    history.begin(start);
    for (int i = first; i < values.size(); i++) {
      long bytes = number(values.get(i));
      long rolling =
          maxima.size() == values.size()
              ? number(maxima.get(i)) * ROLLING_SECONDS
              : bytes / interval * ROLLING_SECONDS;
      start = history.spread(start, Math.min(interval, until - start), bytes, rolling);
    }
    history.forgetRecent();
    return history;
  }

  /** Returns when the interval is over; one that has not begun takes no time. */
  private long spread(long start, long seconds, long bytes, long rolling) {
    if (seconds <= 0) {
      return start;
    }
    add(start, bytes % seconds); // which C tor loses
    for (long at = start; at < start + seconds; at++) {
      add(at, bytes / seconds);
    }
    most = rolling;
    return start + seconds;
  }

  private void forgetRecent() {
    Arrays.fill(recent, 0);
    recentBefore = 0;
  }

  /** Whoever wrote the file could have us count the seconds of an age; older days do not matter. */
  private static int firstOf(int values, long interval) {
    long kept = PERIOD_SECONDS * (PERIODS + 1L) / interval + 1;
    return (int) Math.max(0, values - kept);
  }

  private static long interval(StateDocument state, String keyword) {
    List<String> given = state.values(keyword);
    int interval = given.isEmpty() ? DEFAULT_INTERVAL : Integer.parseInt(given.getLast());
    if (interval < 1) {
      throw new NumberFormatException("interval below 1");
    }
    return Math.min(interval, PERIOD_SECONDS * PERIODS);
  }

  private static long number(String text) {
    long number = Long.parseLong(text);
    if (number < 0 || number > MAX_BYTES) {
      throw new NumberFormatException("no number of bytes");
    }
    return number;
  }

  private static List<String> list(StateDocument state, String keyword) {
    List<String> given = state.values(keyword);
    if (given.isEmpty() || given.getLast().isEmpty()) {
      return List.of();
    }
    List<String> items = new ArrayList<>();
    for (String item : given.getLast().split(",", -1)) {
      items.add(item.strip());
    }
    return items;
  }
}
