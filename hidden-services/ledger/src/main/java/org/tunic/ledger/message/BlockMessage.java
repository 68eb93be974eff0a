package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A block.
 *
 * <p>Threads: immutable.
 */
public record BlockMessage(Block block) implements Message {
  static BlockMessage decode(WireReader in) throws MalformedException {
    return new BlockMessage(Block.decode(in));
  }

  @Override
  public String command() {
    return "block";
  }

  @Override
  public void encode(WireWriter out) {
    block.encode(out);
  }
}
