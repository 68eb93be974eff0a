package org.tunic.ledger.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.consensus.BlockRules;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.MerkleTree;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireWriter;
import org.tunic.ledger.script.Scripts;

/** Makes blocks, good ones and, by a change to the transactions, bad ones, with their work done. */
public final class Miner {
  /** Anybody may spend it; five bytes, so that no transaction is too small to be relayed. */
  public static final Script ANYBODY = Script.of(new byte[] {4, 1, 2, 3, 4});

  private static final Bytes NONCE = Bytes.copyOf(new byte[32]);

  private final ChainParams params;
  private int salt;

  public Miner(ChainParams params) {
    this.params = params;
  }

  /** Another coinbase each time, so that no two blocks are equal. */
  public Transaction coinbase(int height, long amountSat) {
    byte[] scriptSig =
        new WireWriter()
            .bytes(Scripts.pushNumber(height))
            .bytes(Scripts.push(new WireWriter().u32(salt++).toArray()))
            .toArray();
    return new Transaction(
        2,
        List.of(new TxInput(OutPoint.NONE, Script.of(scriptSig), TxInput.FINAL, List.of())),
        List.of(new TxOutput(amountSat, ANYBODY)),
        0);
  }

  /** A good block that claims the subsidy and no fee. */
  public Block block(HeaderEntry parent, Transaction... transactions) {
    return block(parent, list -> list, transactions);
  }

  /** A block whose list of transactions, the coinbase first, was changed before the commitment. */
  public Block block(
      HeaderEntry parent, UnaryOperator<List<Transaction>> change, Transaction... transactions) {
    int height = parent.height() + 1;
    List<Transaction> all = new ArrayList<>();
    all.add(coinbase(height, params.subsidy().at(height)));
    all.addAll(List.of(transactions));
    List<Transaction> changed = new ArrayList<>(change.apply(all));
    boolean witnesses = changed.stream().anyMatch(Transaction::hasWitness);
    if (witnesses) {
      changed.set(0, committing(changed));
    }
    return work(parent, changed);
  }

  /** The coinbase with the commitment to the witnesses. */
  private static Transaction committing(List<Transaction> all) {
    Transaction bare = all.getFirst();
    List<TxOutput> outputs = new ArrayList<>(bare.outputs());
    outputs.add(BlockRules.commitmentOutput(BlockRules.commit(all, NONCE)));
    TxInput input = bare.inputs().getFirst().withWitness(List.of(NONCE));
    return new Transaction(bare.version(), List.of(input), outputs, bare.lockTime());
  }

  /** A header over {@code transactions} with its work done. */
  public Block work(HeaderEntry parent, List<Transaction> transactions) {
    BlockHeader header =
        new BlockHeader(
            0x2000_0000,
            parent.hash(),
            MerkleTree.ofTransactions(transactions).root(),
            Math.max(parent.medianTime(), parent.header().timeSeconds()) + 1,
            params.nextBits(parent.height(), parent.header().timeSeconds()),
            0);
    PowFunction.Grinder grinder = params.pow().grinder(parent.hash());
    for (int nonce = 1; !params.limit().isMetBy(grinder.hash(header)); nonce++) {
      header = header.withNonce(nonce);
    }
    return new Block(header, transactions);
  }

  /** Spends an output of {@link #ANYBODY} to others. */
  public static Transaction spend(OutPoint from, long... amountsSat) {
    return lockedSpend(from, TxInput.FINAL, 0, amountsSat);
  }

  /** The same with lock times. */
  public static Transaction lockedSpend(
      OutPoint from, long sequence, long lockTime, long... amountsSat) {
    List<TxOutput> outputs = new ArrayList<>();
    for (long amount : amountsSat) {
      outputs.add(new TxOutput(amount, ANYBODY));
    }
    return new Transaction(
        2, List.of(new TxInput(from, Script.EMPTY, sequence, List.of())), outputs, lockTime);
  }

  /** The first output of the coinbase of {@code block}. */
  public static OutPoint reward(Block block) {
    return new OutPoint(block.transactions().getFirst().txid(), 0);
  }
}
