package org.tunic.ledger.primitive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** A transaction, which is written as it was read. */
class TransactionFuzz extends ParserFuzz {
  TransactionFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Transaction tx = Transaction.decode(input);
    assertArrayEquals(input, tx.toArray());
    assertEquals(input.length, tx.length());
  }
}
