package org.tunic.crypto.pow;

import org.tunic.crypto.bytes.Bytes;

/**
 * The Equi-X puzzle: eight indices below 2^16 whose hashes under the challenge's HashX function add
 * up to 0 modulo 2^60, and in pairs modulo 2^15, in fours modulo 2^30.
 *
 * <p>Of all ways to write the same tree the one with ordered branches counts.
 *
 * <p>Spec: hspow-spec/v1-equix (“Equi-X”)
 *
 * <p>Threads: any, because it has no state.
 */
final class EquiX {
  /** Indices of a solution. */
  static final int INDICES = 8;

  static final long STAGE1_MASK = (1L << 15) - 1;
  private static final long STAGE2_MASK = (1L << 30) - 1;
  private static final long FULL_MASK = (1L << 60) - 1;

  private EquiX() {}

  /**
   * Whether {@code solution} (16 bytes) solves {@code challenge}. Costs a program and at most eight
   * hashes; a wrong order costs nothing, a wrong pair two hashes.
   */
  static boolean verify(byte[] challenge, Bytes solution) {
    int[] idx = new int[INDICES];
    for (int i = 0; i < INDICES; i++) {
      idx[i] = solution.at(2 * i) | solution.at(2 * i + 1) << 8;
    }
    return isOrdered(idx)
        && HashXProgram.of(challenge).map(program -> addsUp(program, idx)).orElse(false);
  }

  private static boolean isOrdered(int[] idx) {
    return inOrder(idx, 0, 4, 4)
        && inOrder(idx, 0, 2, 2)
        && inOrder(idx, 4, 6, 2)
        && inOrder(idx, 0, 1, 1)
        && inOrder(idx, 2, 3, 1)
        && inOrder(idx, 4, 5, 1)
        && inOrder(idx, 6, 7, 1);
  }

  /** Whether the branch at {@code left} is not greater than that at {@code right}, last first. */
  static boolean inOrder(int[] idx, int left, int right, int length) {
    for (int i = length - 1; i >= 0; i--) {
      if (idx[left + i] != idx[right + i]) {
        return idx[left + i] < idx[right + i];
      }
    }
    return true;
  }

  private static boolean addsUp(HashXProgram program, int[] idx) {
    long[] sums = new long[2];
    for (int half = 0; half < 2; half++) {
      long first = pair(program, idx, 4 * half);
      if ((first & STAGE1_MASK) != 0) {
        return false;
      }
      long second = pair(program, idx, 4 * half + 2);
      sums[half] = first + second;
      if ((second & STAGE1_MASK) != 0 || (sums[half] & STAGE2_MASK) != 0) {
        return false;
      }
    }
    return ((sums[0] + sums[1]) & FULL_MASK) == 0;
  }

  private static long pair(HashXProgram program, int[] idx, int at) {
    return program.hash(idx[at]) + program.hash(idx[at + 1]);
  }
}
