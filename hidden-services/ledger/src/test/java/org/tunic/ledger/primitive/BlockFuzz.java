package org.tunic.ledger.primitive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** A block, which is written as it was read. */
class BlockFuzz extends ParserFuzz {
  BlockFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Block block = Block.decode(input);
    assertArrayEquals(input, block.toArray());
    MerkleTree.ofTransactions(block.transactions());
  }
}
