package org.tunic.crypto.pow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;

/**
 * Solves Equi-X puzzles; owns 3.5 MB that it uses again for each.
 *
 * <p>A generalised birthday problem in the manner of Wagner: hash all 65536 indices into 256
 * buckets by their low 8 bits; pair those of opposite buckets whose next 7 bits cancel too; do the
 * same with the pairs, and with the fours. Each stage keeps what its bits left over, and which two
 * it came from. Buckets have fixed sizes: what does not fit is dropped, which seldom costs a
 * solution. Sizes and orders are those of C tor's solver, so that both find the same solutions.
 *
 * <p>On average a challenge has about two solutions.
 *
 * <p>Spec: hspow-spec/v1-equix (“Equi-X”)
 *
 * <p>Threads: one.
 */
final class EquiXSolver {
  /** Most solutions of one challenge. */
  static final int MAX_SOLUTIONS = 8;

  private static final int INDEX_SPACE = 1 << 16;
  private static final int BUCKETS = 256;
  private static final int BUCKET_BITS = 8;
  private static final int BUCKET_SIZE = 336;
  private static final int FINE_BUCKETS = 128;
  private static final int FINE_BITS = 7;
  private static final int FINE_SIZE = 12;
  private static final int ITEM_BITS = 9;

  /** What a stage has found. */
  private static final class Stage {
    final short[] counts = new short[BUCKETS];

    /** In the first stage the index, then bucket, left and right item of the stage before. */
    final int[] origins = new int[BUCKETS * BUCKET_SIZE];

    /** The bits of the sum above those that are zero or stand for the bucket. */
    final long[] sums = new long[BUCKETS * BUCKET_SIZE];

    void put(long sum, int origin) {
      int bucket = (int) sum & (BUCKETS - 1);
      int count = counts[bucket];
      if (count < BUCKET_SIZE) {
        counts[bucket] = (short) (count + 1);
        int at = bucket * BUCKET_SIZE + count;
        origins[at] = origin;
        sums[at] = sum >>> BUCKET_BITS;
      }
    }
  }

  private final Stage singles = new Stage();
  private final Stage pairs = new Stage();
  private final Stage fours = new Stage();
  private final byte[] fineCounts = new byte[FINE_BUCKETS];
  private final short[] fineItems = new short[FINE_BUCKETS * FINE_SIZE];
  private final HashXBatch batch = new HashXBatch();
  private final long[] hashes = new long[HashXBatch.LANES];

  /**
   * The solutions of {@code challenge}, 16 bytes each, at most {@link #MAX_SOLUTIONS}; none for the
   * few challenges without a HashX function.
   */
  List<Bytes> solve(byte[] challenge) {
    Optional<HashXProgram> program = HashXProgram.of(challenge);
    if (program.isEmpty()) {
      return List.of();
    }
    hashAll(program.get());
    combine(singles, pairs);
    combine(pairs, fours);
    return finish();
  }

  private void hashAll(HashXProgram program) {
    Arrays.fill(singles.counts, (short) 0);
    for (int first = 0; first < INDEX_SPACE; first += HashXBatch.LANES) {
      batch.hash(program, first, hashes);
      for (int i = 0; i < HashXBatch.LANES; i++) {
        singles.put(hashes[i], first + i);
      }
    }
  }

  private static int opposite(int bucket) {
    return -bucket & (BUCKETS - 1);
  }

  /** Pairs all of {@code from} whose sum has 15 zero bits more, into {@code to}. */
  private void combine(Stage from, Stage to) {
    Arrays.fill(to.counts, (short) 0);
    for (int bucket = 0; bucket <= BUCKETS / 2; bucket++) {
      int other = opposite(bucket);
      Arrays.fill(fineCounts, (byte) 0);
      int otherCount = from.counts[other];
      for (int item = 0; item < otherCount; item++) {
        // A full fine bucket drops the item, and with it its part as a left one.
        if (file(from.sums[other * BUCKET_SIZE + item], item) && other == bucket) {
          pairUp(from, to, bucket, item);
        }
      }
      if (other != bucket) {
        int count = from.counts[bucket];
        for (int item = 0; item < count; item++) {
          pairUp(from, to, bucket, item);
        }
      }
    }
  }

  /** Notes an item under its low 7 bits; false if there is no room. */
  private boolean file(long sum, int item) {
    int fine = (int) sum & (FINE_BUCKETS - 1);
    int count = fineCounts[fine];
    if (count >= FINE_SIZE) {
      return false;
    }
    fineCounts[fine] = (byte) (count + 1);
    fineItems[fine * FINE_SIZE + count] = (short) item;
    return true;
  }

  /** Low bits of two opposite buckets that are not zero add up to a carry. */
  private static long withCarry(long sum, int bucket) {
    return bucket == 0 ? sum : sum + 1;
  }

  private void pairUp(Stage from, Stage to, int bucket, int item) {
    long sum = withCarry(from.sums[bucket * BUCKET_SIZE + item], bucket);
    int fine = (int) -sum & (FINE_BUCKETS - 1);
    int other = opposite(bucket) * BUCKET_SIZE;
    int end = fine * FINE_SIZE + fineCounts[fine];
    for (int i = fine * FINE_SIZE; i < end; i++) {
      int otherItem = fineItems[i];
      to.put(
          (sum + from.sums[other + otherItem]) >>> FINE_BITS,
          (item << ITEM_BITS | otherItem) << BUCKET_BITS | bucket);
    }
  }

  private List<Bytes> finish() {
    List<Bytes> solutions = new ArrayList<>();
    for (int bucket = 0; bucket <= BUCKETS / 2; bucket++) {
      int other = opposite(bucket);
      Arrays.fill(fineCounts, (byte) 0);
      int otherCount = fours.counts[other];
      for (int item = 0; item < otherCount; item++) {
        if (file(fours.sums[other * BUCKET_SIZE + item], item) && other == bucket) {
          complete(bucket, item, solutions);
        }
      }
      if (other != bucket) {
        int count = fours.counts[bucket];
        for (int item = 0; item < count; item++) {
          complete(bucket, item, solutions);
        }
      }
    }
    return solutions;
  }

  private void complete(int bucket, int item, List<Bytes> solutions) {
    long sum = withCarry(fours.sums[bucket * BUCKET_SIZE + item], bucket);
    int fine = (int) -sum & (FINE_BUCKETS - 1);
    int other = opposite(bucket) * BUCKET_SIZE;
    int end = fine * FINE_SIZE + fineCounts[fine];
    for (int i = fine * FINE_SIZE; i < end && solutions.size() < MAX_SOLUTIONS; i++) {
      int otherItem = fineItems[i];
      if (((sum + fours.sums[other + otherItem]) >>> FINE_BITS & EquiX.STAGE1_MASK) == 0) {
        solutions.add(
            solution(fours.origins[bucket * BUCKET_SIZE + item], fours.origins[other + otherItem]));
      }
    }
  }

  private Bytes solution(int left, int right) {
    int[] idx = new int[EquiX.INDICES];
    fillFour(idx, 0, left);
    fillFour(idx, 4, right);
    order(idx, 0, 4);
    ByteWriter out = new ByteWriter(2 * EquiX.INDICES);
    for (int index : idx) {
      out.u8(index & 0xff).u8(index >>> 8);
    }
    return out.toBytes();
  }

  private void fillFour(int[] idx, int at, int origin) {
    int bucket = origin & (BUCKETS - 1);
    fillPair(idx, at, pairs.origins[leftOf(origin, bucket)]);
    fillPair(idx, at + 2, pairs.origins[rightOf(origin, bucket)]);
    order(idx, at, 2);
  }

  private void fillPair(int[] idx, int at, int origin) {
    int bucket = origin & (BUCKETS - 1);
    idx[at] = singles.origins[leftOf(origin, bucket)];
    idx[at + 1] = singles.origins[rightOf(origin, bucket)];
    order(idx, at, 1);
  }

  private static int leftOf(int origin, int bucket) {
    return bucket * BUCKET_SIZE + (origin >>> (BUCKET_BITS + ITEM_BITS));
  }

  private static int rightOf(int origin, int bucket) {
    return opposite(bucket) * BUCKET_SIZE + (origin >>> BUCKET_BITS & ((1 << ITEM_BITS) - 1));
  }

  /** Puts two neighbouring branches of {@code length} indices in order. */
  private static void order(int[] idx, int at, int length) {
    if (!EquiX.inOrder(idx, at, at + length, length)) {
      for (int i = at; i < at + length; i++) {
        int other = idx[i + length];
        idx[i + length] = idx[i];
        idx[i] = other;
      }
    }
  }
}
