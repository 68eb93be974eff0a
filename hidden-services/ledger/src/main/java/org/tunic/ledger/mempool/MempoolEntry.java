package org.tunic.ledger.mempool;

import java.time.Instant;
import org.tunic.ledger.primitive.Transaction;

/**
 * A transaction that waits.
 *
 * <p>Threads: immutable.
 *
 * @param feeSat what it pays to whoever takes it into a block
 * @param entered when it came
 */
public record MempoolEntry(Transaction transaction, long feeSat, Instant entered) {
  /** Weight divided by four. */
  public int virtualSize() {
    return transaction.virtualSize();
  }

  /** Units of 10^-8 for each 1000 virtual bytes, rounded down. */
  public long satPerKvb() {
    return feeSat * 1000 / virtualSize(); // no amount is above 2^63 / 1000
  }
}
