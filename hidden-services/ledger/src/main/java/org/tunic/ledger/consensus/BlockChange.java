package org.tunic.ledger.consensus;

import java.util.Map;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;

/**
 * What a block does to the coins.
 *
 * <p>Threads: immutable.
 *
 * @param created coins that are there afterwards and were not before
 * @param spent coins that were there before and are not afterwards
 */
public record BlockChange(Map<OutPoint, Coin> created, Map<OutPoint, Coin> spent) {

  static void addOutputs(Transaction transaction, int height, Map<OutPoint, Coin> created) {
    for (int i = 0; i < transaction.outputs().size(); i++) {
      var output = transaction.outputs().get(i);
      if (!output.scriptPubKey().isUnspendable()) {
        created.put(
            new OutPoint(transaction.txid(), i),
            new Coin(output, height, transaction.isCoinbase()));
      }
    }
  }
}
