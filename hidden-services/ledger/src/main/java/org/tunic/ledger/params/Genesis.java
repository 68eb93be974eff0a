package org.tunic.ledger.params;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.MerkleTree;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireWriter;
import org.tunic.ledger.script.Scripts;

/**
 * First blocks: what Bitcoin's began with, and the making of one for a chain of our own.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Genesis {
  private Genesis() {}

  /**
   * A first block of the form of Bitcoin's: one transaction with a text in its input.
   *
   * @param text at most 75 bytes of ASCII, which dates the chain
   */
  public static Block of(
      String text, TxOutput output, int version, long timeSeconds, int bits, int nonce) {
    byte[] scriptSig =
        new WireWriter()
            .u8(4)
            .u32(486_604_799) // the bits of the very first block, which all of its kind repeat
            .u8(1)
            .u8(4)
            .bytes(Scripts.push(text.getBytes(StandardCharsets.UTF_8)))
            .toArray();
    Transaction coinbase =
        new Transaction(
            1,
            List.of(new TxInput(OutPoint.NONE, Script.of(scriptSig), TxInput.FINAL, List.of())),
            List.of(output),
            0);
    Hash256 root = MerkleTree.ofTransactions(List.of(coinbase)).root();
    return new Block(
        new BlockHeader(version, Hash256.ZERO, root, timeSeconds, bits, nonce), List.of(coinbase));
  }

  /** A first block of our own, which pays nobody and whose nonce is looked for. */
  public static Block mine(String text, long timeSeconds, Target limit, PowFunction pow) {
    Block block = unpaid(text, timeSeconds, limit, 0);
    PowFunction.Grinder grinder = pow.grinder(Hash256.ZERO);
    BlockHeader header = block.header();
    for (int nonce = 0; !limit.isMetBy(grinder.hash(header)); nonce++) {
      header = header.withNonce(nonce);
    }
    return new Block(header, block.transactions());
  }

  static Block unpaid(String text, long timeSeconds, Target limit, int nonce) {
    TxOutput nobody = new TxOutput(0, Scripts.carry(new byte[0]));
    return of(text, nobody, 1, timeSeconds, limit.bits(), nonce);
  }
}
