package org.tunic.ledger.consensus;

import java.util.List;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxOutput;

/**
 * Rules for one transaction and the coins it spends.
 *
 * <p>Threads: any, because it has no state.
 */
public final class CoinRules {
  private CoinRules() {}

  /**
   * Checks ripeness and amounts.
   *
   * @return the fee in units of 10^-8
   */
  public static long fee(Transaction transaction, List<Coin> spent, BlockPlace place)
      throws RejectedException {
    long in = 0;
    long max = place.params().maxMoneySat();
    for (Coin coin : spent) {
      if (coin.coinbase() && place.height() - coin.height() < place.params().coinbaseMaturity()) {
        throw RejectedException.invalid("bad-txns-premature-spend-of-coinbase");
      }
      in += coin.output().amountSat();
      if (coin.output().amountSat() < 0 || coin.output().amountSat() > max || in > max) {
        throw RejectedException.invalid("bad-txns-inputvalues-outofrange");
      }
    }
    long out = 0;
    for (TxOutput output : transaction.outputs()) {
      out += output.amountSat();
    }
    if (in < out) {
      throw RejectedException.invalid("bad-txns-in-belowout");
    }
    return in - out;
  }

  /**
   * Whether the relative lock times have passed for a block at {@code place}.
   *
   * @param medians of the chain the block stands on
   */
  public static boolean isSequenceFinal(
      Transaction transaction, List<Coin> spent, BlockPlace place, MedianTimes medians) {
    return SequenceLocks.of(transaction, spent, medians)
        .isFinal(place.height(), place.previousMedianTime());
  }
}
