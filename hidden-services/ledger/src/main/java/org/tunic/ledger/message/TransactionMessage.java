package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A transaction.
 *
 * <p>Threads: immutable.
 */
public record TransactionMessage(Transaction transaction) implements Message {
  static TransactionMessage decode(WireReader in) throws MalformedException {
    return new TransactionMessage(Transaction.decode(in));
  }

  @Override
  public String command() {
    return "tx";
  }

  @Override
  public void encode(WireWriter out) {
    transaction.encode(out);
  }
}
