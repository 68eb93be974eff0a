package org.tunic.router.path;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Weighted sampling of integers in constant time, by Walker's alias method in Vose's form.
 *
 * <p>Each of the n columns holds its own member with probability {@code keep} and otherwise one
 * other member, its alias; a sample is a column, uniform, and one comparison. Building costs O(n).
 * If every weight is zero the choice is uniform, as in C tor; otherwise a member without weight
 * never comes.
 *
 * <p>Threads: immutable.
 */
final class AliasTable {
  private final int[] members;
  private final double[] keep;
  private final int[] alias;

  private AliasTable(int[] members, double[] keep, int[] alias) {
    this.members = members;
    this.keep = keep;
    this.alias = alias;
  }

  /**
   * A table of {@code candidates}, drawn with probability proportional to {@code weights}.
   *
   * @param candidates what is drawn
   * @param weights one for each candidate, finite, not negative
   */
  static AliasTable of(int[] candidates, double[] weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    int[] members = new int[candidates.length];
    double[] keep = new double[candidates.length];
    int n = 0;
    for (int i = 0; i < candidates.length; i++) {
      if (total == 0 || weights[i] > 0) {
        members[n] = candidates[i];
        keep[n++] = weights[i];
      }
    }
    for (int i = 0; i < n; i++) {
      keep[i] = total > 0 ? keep[i] * n / total : 1;
    }
    int[] alias = new int[n];
    fill(n, keep, alias);
    return new AliasTable(Arrays.copyOf(members, n), Arrays.copyOf(keep, n), alias);
  }

  /** Turns mean-one weights into the share each column keeps and the alias that takes the rest. */
  private static void fill(int n, double[] keep, int[] alias) {
    int[] small = new int[n];
    int[] large = new int[n];
    int smalls = 0;
    int larges = 0;
    for (int i = 0; i < n; i++) {
      alias[i] = i;
      if (keep[i] < 1) {
        small[smalls++] = i;
      } else {
        large[larges++] = i;
      }
    }
    while (smalls > 0 && larges > 0) {
      int less = small[--smalls];
      int more = large[larges - 1];
      alias[less] = more;
      keep[more] -= 1 - keep[less];
      if (keep[more] < 1) {
        larges--;
        small[smalls++] = more;
      }
    }
    // Columns left over differ from 1 by rounding only; their alias is themselves.
  }

  int size() {
    return members.length;
  }

  /**
   * One member.
   *
   * @throws IllegalArgumentException if the table is empty
   */
  int sample(RandomGenerator random) {
    int column = random.nextInt(members.length);
    return members[random.nextDouble() < keep[column] ? column : alias[column]];
  }
}
