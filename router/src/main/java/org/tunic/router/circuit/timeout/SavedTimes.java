package org.tunic.router.circuit.timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.guard.StateDocument;

/**
 * A histogram of build times, as the state file keeps it in C tor's form:
 *
 * <pre>
 * TotalBuildTimes 120
 * CircuitBuildTimeBin 535 3        middle of the bin in milliseconds, circuits
 * CircuitBuildAbandonedCount 2     circuits that were closed before they were built
 * </pre>
 *
 * <p>Spec: path-spec/learning-timeouts. Threads: immutable.
 */
public final class SavedTimes {
  private static final Logger log = LoggerFactory.getLogger(SavedTimes.class);

  /** Knows nothing. */
  public static final SavedTimes NONE = new SavedTimes(new int[0], new int[0], 0);

  private static final String TOTAL = "TotalBuildTimes";
  private static final String BIN = "CircuitBuildTimeBin";
  private static final String ABANDONED_COUNT = "CircuitBuildAbandonedCount";

  private final int[] middles;
  private final int[] counts;
  private final int abandoned;

  private SavedTimes(int[] middles, int[] counts, int abandoned) {
    this.middles = middles;
    this.counts = counts;
    this.abandoned = abandoned;
  }

  /** The histogram of times in milliseconds; zeros are left out. */
  static SavedTimes of(int[] times) {
    int[] sorted = times.clone();
    Arrays.sort(sorted);
    int[] middles = new int[sorted.length];
    int[] counts = new int[sorted.length];
    int bins = 0;
    int abandoned = 0;
    for (int time : sorted) {
      if (time == BuildTimeouts.ABANDONED) {
        abandoned++;
      } else if (time > 0) {
        int middle = time / BuildTimeouts.BIN_MS * BuildTimeouts.BIN_MS + BuildTimeouts.BIN_MS / 2;
        if (bins == 0 || middles[bins - 1] != middle) {
          middles[bins++] = middle;
        }
        counts[bins - 1]++;
      }
    }
    return new SavedTimes(Arrays.copyOf(middles, bins), Arrays.copyOf(counts, bins), abandoned);
  }

  /** The middles of the bins in milliseconds, ascending; a copy. */
  int[] middlesMs() {
    return middles.clone();
  }

  /** How many circuits are in each bin; a copy. */
  int[] counts() {
    return counts.clone();
  }

  /** All times in milliseconds, each circuit for itself, abandoned ones last; a copy. */
  int[] times() {
    int[] all = new int[total()];
    int n = 0;
    for (int bin = 0; bin < middles.length; bin++) {
      Arrays.fill(all, n, n + counts[bin], middles[bin]);
      n += counts[bin];
    }
    Arrays.fill(all, n, all.length, BuildTimeouts.ABANDONED);
    return all;
  }

  /** Circuits in all. */
  public int total() {
    return Arrays.stream(counts).sum() + abandoned;
  }

  /** Puts it into a state document. */
  public StateDocument into(StateDocument state) {
    List<String> bins = new ArrayList<>();
    for (int i = 0; i < middles.length; i++) {
      bins.add(middles[i] + " " + counts[i]);
    }
    return state
        .with(TOTAL, number(total()))
        .with(BIN, bins)
        .with(ABANDONED_COUNT, number(abandoned));
  }

  /** Like C tor, writes no numbers that are 0. */
  private static List<String> number(int n) {
    return n == 0 ? List.of() : List.of(Integer.toString(n));
  }

  /**
   * Reads it from a state document. What does not add up counts as nothing, as in C tor, and is
   * warned about.
   */
  public static SavedTimes from(StateDocument state) {
    int total = number(state, TOTAL);
    int abandoned = number(state, ABANDONED_COUNT);
    List<String> lines = state.values(BIN);
    if (total == 0 && abandoned == 0) {
      return NONE;
    }
    return read(lines, total, abandoned)
        .orElseGet(
            () -> {
              log.warn("The circuit build times in the state file do not add up; they are dropped");
              return NONE;
            });
  }

  private static Optional<SavedTimes> read(List<String> lines, int total, int abandoned) {
    int[] middles = new int[lines.size()];
    int[] counts = new int[lines.size()];
    long sum = abandoned;
    for (int i = 0; i < lines.size(); i++) {
      String[] words = lines.get(i).trim().split("\\s+");
      OptionalInt ms = words.length < 2 ? OptionalInt.empty() : parse(words[0]);
      OptionalInt count = words.length < 2 ? OptionalInt.empty() : parse(words[1]);
      if (ms.isEmpty() || count.isEmpty() || ms.getAsInt() == 0) {
        return Optional.empty();
      }
      middles[i] = ms.getAsInt();
      counts[i] = count.getAsInt();
      sum += counts[i];
    }
    // More than the history is never written; whoever did could have us allocate at will.
    return sum == total && total <= BuildTimeouts.HISTORY
        ? Optional.of(new SavedTimes(middles, counts, abandoned))
        : Optional.empty();
  }

  private static int number(StateDocument state, String keyword) {
    List<String> values = state.values(keyword);
    return values.isEmpty() ? 0 : parse(values.getLast()).orElse(0);
  }

  private static OptionalInt parse(String text) {
    try {
      int number = Integer.parseInt(text);
      return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
