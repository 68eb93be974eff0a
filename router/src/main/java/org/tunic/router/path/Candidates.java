package org.tunic.router.path;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * The relays that may stand at one position of a path, with their weights there.
 *
 * <p>A choice under constraints draws from the whole set and throws away what breaks them. That
 * gives each remaining relay its share of the remaining weight, the distribution C tor gets by
 * filtering first, but costs no look at every relay. When {@value #TRIES} draws all fail, the
 * constraints leave little, and one exact choice over the filtered set follows: it finds a relay if
 * there is one.
 *
 * <p>Threads: immutable.
 */
final class Candidates {
  /** Draws before the exact choice. */
  static final int TRIES = 64;

  /** What {@link #choose} answers when nothing is left. */
  static final int NOBODY = -1;

  private final int[] members;
  private final double[] weights;
  private final AliasTable table;

  /**
   * @param members relays, by index; kept
   * @param weights one for each member, finite, not negative; kept
   */
  Candidates(int[] members, double[] weights) {
    this.members = members;
    this.weights = weights;
    this.table = AliasTable.of(members, weights);
  }

  int size() {
    return members.length;
  }

  /** How many members {@code allowed} accepts; looks at all. */
  int count(IntPredicate allowed) {
    return (int) Arrays.stream(members).filter(allowed).count();
  }

  /** A weighted choice among the members that {@code allowed} accepts, or {@link #NOBODY}. */
  int choose(IntPredicate allowed, RandomGenerator random) {
    if (members.length == 0) {
      return NOBODY;
    }
    for (int i = 0; i < TRIES; i++) {
      int member = table.sample(random);
      if (allowed.test(member)) {
        return member;
      }
    }
    return chooseExactly(allowed, random);
  }

  /** Looks at every member. */
  int chooseExactly(IntPredicate allowed, RandomGenerator random) {
    int[] left = new int[members.length];
    int count = 0;
    double total = 0;
    for (int i = 0; i < members.length; i++) {
      if (allowed.test(members[i])) {
        left[count++] = i;
        total += weights[i];
      }
    }
    if (count == 0) {
      return NOBODY;
    }
    if (total == 0) {
      return members[left[random.nextInt(count)]];
    }
    double at = random.nextDouble() * total;
    int last = NOBODY;
    for (int i = 0; i < count; i++) {
      double weight = weights[left[i]];
      if (weight > 0) {
        last = members[left[i]];
        at -= weight;
        if (at < 0) {
          break;
        }
      }
    }
    return last;
  }
}
