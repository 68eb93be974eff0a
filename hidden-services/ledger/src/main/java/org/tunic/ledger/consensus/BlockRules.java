package org.tunic.ledger.consensus;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.MerkleTree;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.Scripts;

/**
 * Rules for a block that need no coins: those of the block alone, and those of its place.
 *
 * <p>What could be another's mutation of a genuine block (wrong tree, wrong witnesses) is refused
 * as {@link RejectedException.Kind#MUTATED}: the header stays good, and the genuine block is taken
 * when it comes (CVE-2012-2459).
 *
 * <p>Threads: any, because it has no state.
 */
public final class BlockRules {
  /** The most cost of signature operations. */
  static final int MAX_SIGNATURE_COST = 80_000;

  private static final int COMMITMENT_LENGTH = 38;
  private static final byte[] COMMITMENT_HEADER = {
    0x6a, 0x24, (byte) 0xaa, 0x21, (byte) 0xa9, (byte) 0xed
  };

  private BlockRules() {}

  /** Checks what can be seen in the block alone; its header is judged elsewhere. */
  public static void check(Block block, long maxMoneySat) throws RejectedException {
    List<Transaction> transactions = block.transactions();
    MerkleTree tree = MerkleTree.ofTransactions(transactions);
    if (!tree.root().equals(block.header().merkleRoot())) {
      throw RejectedException.mutated("bad-txnmrklroot");
    }
    if (tree.mutated()) {
      throw RejectedException.mutated("bad-txns-duplicate");
    }
    if (transactions.isEmpty()
        || (long) transactions.size() * TransactionRules.WITNESS_SCALE
            > TransactionRules.MAX_BLOCK_WEIGHT
        || (long) block.strippedLength() * TransactionRules.WITNESS_SCALE
            > TransactionRules.MAX_BLOCK_WEIGHT) {
      throw RejectedException.invalid("bad-blk-length");
    }
    if (!transactions.getFirst().isCoinbase()) {
      throw RejectedException.invalid("bad-cb-missing");
    }
    if (transactions.stream().skip(1).anyMatch(Transaction::isCoinbase)) {
      throw RejectedException.invalid("bad-cb-multiple");
    }
    long operations = 0;
    for (Transaction transaction : transactions) {
      TransactionRules.check(transaction, maxMoneySat);
      operations += TransactionRules.legacySignatureOperations(transaction);
    }
    if (operations * TransactionRules.WITNESS_SCALE > MAX_SIGNATURE_COST) {
      throw RejectedException.invalid("bad-blk-sigops");
    }
  }

  /** Checks what depends on where the block stands. */
  public static void checkPlace(Block block, BlockPlace place) throws RejectedException {
    long time =
        place.hasRelativeLockTimes() ? place.previousMedianTime() : block.header().timeSeconds();
    for (Transaction transaction : block.transactions()) {
      if (!TransactionRules.isFinal(transaction, place.height(), time)) {
        throw RejectedException.invalid("bad-txns-nonfinal");
      }
    }
    if (place.hasHeightInCoinbase() && !beginsWithHeight(block, place.height())) {
      throw RejectedException.invalid("bad-cb-height");
    }
    checkWitnesses(block, place.hasWitnesses());
    if (block.weight() > TransactionRules.MAX_BLOCK_WEIGHT) {
      throw RejectedException.invalid("bad-blk-weight");
    }
  }

  private static boolean beginsWithHeight(Block block, int height) {
    byte[] expected = Scripts.pushNumber(height);
    byte[] script = block.transactions().getFirst().inputs().getFirst().scriptSig().toArray();
    return script.length >= expected.length
        && Arrays.equals(script, 0, expected.length, expected, 0, expected.length);
  }

  private static void checkWitnesses(Block block, boolean allowed) throws RejectedException {
    Transaction coinbase = block.transactions().getFirst();
    Optional<Bytes> commitment = allowed ? commitment(coinbase) : Optional.empty();
    if (commitment.isPresent()) {
      List<Bytes> nonce = coinbase.inputs().getFirst().witness();
      if (nonce.size() != 1 || nonce.getFirst().length() != 32) {
        throw RejectedException.mutated("bad-witness-nonce-size");
      }
      if (!commitment.get().equals(commit(block.transactions(), nonce.getFirst()))) {
        throw RejectedException.mutated("bad-witness-merkle-match");
      }
      return;
    }
    if (block.transactions().stream().anyMatch(Transaction::hasWitness)) {
      throw RejectedException.mutated("unexpected-witness");
    }
  }

  /**
   * The hash a coinbase commits to for the witnesses: the last output that has the form.
   *
   * <p>Spec: BIP 141 (“Commitment structure”)
   */
  public static Optional<Bytes> commitment(Transaction coinbase) {
    Optional<Bytes> found = Optional.empty();
    for (TxOutput output : coinbase.outputs()) {
      Script script = output.scriptPubKey();
      if (script.length() >= COMMITMENT_LENGTH
          && script.slice(0, COMMITMENT_HEADER.length).equals(Bytes.copyOf(COMMITMENT_HEADER))) {
        found = Optional.of(script.slice(COMMITMENT_HEADER.length, 32));
      }
    }
    return found;
  }

  /** What a coinbase commits to: the root over the witnesses, and its own nonce. */
  public static Bytes commit(List<Transaction> transactions, Bytes nonce) {
    byte[] root = MerkleTree.witnessRoot(transactions).toArray();
    return Bytes.copyOf(Sha.sha256(Sha.sha256(root, nonce.toArray())));
  }

  /** The output by which a coinbase commits to {@code hash}. */
  public static TxOutput commitmentOutput(Bytes hash) {
    byte[] script = Arrays.copyOf(COMMITMENT_HEADER, COMMITMENT_LENGTH);
    hash.copyTo(script, COMMITMENT_HEADER.length);
    return new TxOutput(0, Script.of(script));
  }

  /** Whether an input asks for relative lock times at all. */
  static boolean locksRelatively(TxInput input) {
    return (input.sequence() & 1L << 31) == 0;
  }
}
