package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * The transactions that were asked for, in their order.
 *
 * <p>Spec: BIP 152
 *
 * <p>Threads: immutable.
 */
public record BlockTransactions(Hash256 block, List<Transaction> transactions) implements Message {
  private static final int MIN_TRANSACTION = 10;

  /** Copies the list. */
  public BlockTransactions {
    transactions = List.copyOf(transactions);
  }

  static BlockTransactions decode(WireReader in) throws MalformedException {
    Hash256 block = in.hash();
    int count = in.count(MIN_TRANSACTION);
    List<Transaction> transactions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      transactions.add(Transaction.decode(in));
    }
    return new BlockTransactions(block, transactions);
  }

  @Override
  public String command() {
    return "blocktxn";
  }

  @Override
  public void encode(WireWriter out) {
    out.hash(block).compactSize(transactions.size());
    transactions.forEach(transaction -> transaction.encode(out));
  }
}
