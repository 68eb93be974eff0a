package org.tunic.directory.authority.consensus;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tunic.directory.doc.vote.Vote;

/**
 * Small ways of counting that several parts of the computation share.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: any, because all is pure.
 */
final class Tally {
  private Tally() {}

  /** The low median: element (n−1)/2 of the sorted values. */
  static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }

  /**
   * The most frequent value; of equally frequent ones the greatest. {@code order} says what is
   * equal.
   */
  static <T> Optional<T> mostFrequent(List<T> values, Comparator<? super T> order) {
    List<T> sorted = values.stream().sorted(order).toList();
    return mostFrequentOfSorted(sorted, order);
  }

  /**
   * The most frequent in runs of equals of a list that may be sorted otherwise; of equally frequent
   * ones the latest.
   */
  static <T> Optional<T> mostFrequentOfSorted(List<T> sorted, Comparator<? super T> equality) {
    T best = null;
    int bestCount = 0;
    int from = 0;
    for (int i = 0; i < sorted.size(); i++) {
      boolean runEnds =
          i + 1 == sorted.size() || equality.compare(sorted.get(i), sorted.get(i + 1)) != 0;
      if (runEnds) {
        if (i + 1 - from >= bestCount) {
          best = sorted.get(from);
          bestCount = i + 1 - from;
        }
        from = i + 1;
      }
    }
    return Optional.ofNullable(best);
  }

  static long medianOf(List<Vote> votes, java.util.function.ToLongFunction<Vote> value) {
    return median(votes.stream().mapToLong(value).toArray());
  }
}
