package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Asks for the transactions of a compact block that the receiver lacks.
 *
 * <p>Spec: BIP 152
 *
 * <p>Threads: immutable.
 *
 * @param positions in the block, ascending
 */
public record GetBlockTransactions(Hash256 block, List<Integer> positions) implements Message {
  /** Copies the list. */
  public GetBlockTransactions {
    positions = List.copyOf(positions);
  }

  static GetBlockTransactions decode(WireReader in) throws MalformedException {
    Hash256 block = in.hash();
    int count = in.count(1);
    List<Integer> positions = new ArrayList<>(Math.min(count, CompactBlock.MAX_TRANSACTIONS));
    int last = -1;
    for (int i = 0; i < count; i++) {
      last = Differences.next(last, in, CompactBlock.MAX_TRANSACTIONS);
      positions.add(last);
    }
    return new GetBlockTransactions(block, positions);
  }

  @Override
  public String command() {
    return "getblocktxn";
  }

  @Override
  public void encode(WireWriter out) {
    out.hash(block).compactSize(positions.size());
    int last = -1;
    for (int position : positions) {
      out.compactSize(position - last - 1L);
      last = position;
    }
  }
}
