package org.tunic.ledger.consensus;

import java.util.List;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;

/**
 * Relative lock times: an input may not be spent before its coin is so many blocks, or so many
 * times 512 seconds, old.
 *
 * <p>Spec: BIP 68
 *
 * <p>Threads: immutable.
 *
 * @param lastHeight the last height at which the transaction is not yet final
 * @param lastTime the last median time at which it is not
 */
record SequenceLocks(int lastHeight, long lastTime) {
  private static final long TYPE_TIME = 1L << 22;
  private static final long MASK = 0xffff;
  private static final int GRANULARITY = 9;

  static SequenceLocks of(Transaction transaction, List<Coin> spent, MedianTimes medians) {
    int height = -1;
    long time = -1;
    boolean enforced = Integer.compareUnsigned(transaction.version(), 2) >= 0;
    for (int i = 0; enforced && i < spent.size(); i++) {
      TxInput input = transaction.inputs().get(i);
      if (!BlockRules.locksRelatively(input)) {
        continue;
      }
      long value = input.sequence() & MASK;
      int made = spent.get(i).height();
      if ((input.sequence() & TYPE_TIME) != 0) {
        long from = medians.at(Math.max(made - 1, 0));
        time = Math.max(time, from + (value << GRANULARITY) - 1);
      } else {
        height = Math.max(height, made + (int) value - 1);
      }
    }
    return new SequenceLocks(height, time);
  }

  boolean isFinal(int height, long previousMedianTime) {
    return lastHeight < height && lastTime < previousMedianTime;
  }
}
