package org.tunic.ledger.consensus;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.Scripts;

/**
 * Rules for one transaction that need nothing but the transaction, or heights and times.
 *
 * <p>Threads: any, because it has no state.
 */
public final class TransactionRules {
  /** The most weight of a block, and so of a transaction. */
  public static final int MAX_BLOCK_WEIGHT = 4_000_000;

  /** What a signature operation outside a witness counts for. */
  static final int WITNESS_SCALE = 4;

  private static final int MIN_COINBASE_SCRIPT = 2;
  private static final int MAX_COINBASE_SCRIPT = 100;

  private TransactionRules() {}

  /**
   * Checks what can be seen in the transaction alone.
   *
   * @param maxMoneySat no amount and no sum is larger
   */
  public static void check(Transaction tx, long maxMoneySat) throws RejectedException {
    if (tx.inputs().isEmpty()) {
      throw RejectedException.invalid("bad-txns-vin-empty");
    }
    if (tx.outputs().isEmpty()) {
      throw RejectedException.invalid("bad-txns-vout-empty");
    }
    if ((long) tx.strippedLength() * WITNESS_SCALE > MAX_BLOCK_WEIGHT) {
      throw RejectedException.invalid("bad-txns-oversize");
    }
    checkAmounts(tx.outputs(), maxMoneySat);
    // CVE-2018-17144: without this check a coin could be spent twice in one transaction.
    Set<OutPoint> seen = HashSet.newHashSet(tx.inputs().size());
    for (TxInput input : tx.inputs()) {
      if (!seen.add(input.previous())) {
        throw RejectedException.invalid("bad-txns-inputs-duplicate");
      }
    }
    if (tx.isCoinbase()) {
      int length = tx.inputs().getFirst().scriptSig().length();
      if (length < MIN_COINBASE_SCRIPT || length > MAX_COINBASE_SCRIPT) {
        throw RejectedException.invalid("bad-cb-length");
      }
      return;
    }
    for (TxInput input : tx.inputs()) {
      if (input.previous().isNone()) {
        throw RejectedException.invalid("bad-txns-prevout-null");
      }
    }
  }

  private static void checkAmounts(List<TxOutput> outputs, long maxMoneySat)
      throws RejectedException {
    long sum = 0;
    for (TxOutput output : outputs) {
      if (output.amountSat() < 0) {
        throw RejectedException.invalid("bad-txns-vout-negative");
      }
      if (output.amountSat() > maxMoneySat) {
        throw RejectedException.invalid("bad-txns-vout-toolarge");
      }
      sum += output.amountSat(); // two amounts within the limit cannot overflow
      if (sum > maxMoneySat) {
        throw RejectedException.invalid("bad-txns-txouttotal-toolarge");
      }
    }
  }

  /**
   * Whether the lock time has passed.
   *
   * @param height of the block it is to be in
   * @param timeSeconds the median time of the block before (BIP 113), or of the block itself
   */
  public static boolean isFinal(Transaction tx, int height, long timeSeconds) {
    if (tx.lockTime() == 0) {
      return true;
    }
    long now = tx.lockTime() < Transaction.LOCK_TIME_THRESHOLD ? height : timeSeconds;
    return tx.lockTime() < now
        || tx.inputs().stream().allMatch(input -> input.sequence() == TxInput.FINAL);
  }

  /** Signature operations of all its scripts, as counted without what they spend. */
  static int legacySignatureOperations(Transaction tx) {
    int count = 0;
    for (TxInput input : tx.inputs()) {
      count += Scripts.signatureOperations(input.scriptSig().toArray(), false);
    }
    for (TxOutput output : tx.outputs()) {
      count += Scripts.signatureOperations(output.scriptPubKey().toArray(), false);
    }
    return count;
  }

  /**
   * Cost of its signature operations: 4 for each outside, 1 for each within a witness of version 0.
   *
   * @param spent the output each input spends; ignored for a coinbase
   */
  public static long signatureCost(Transaction tx, List<TxOutput> spent) {
    long cost = (long) legacySignatureOperations(tx) * WITNESS_SCALE;
    if (tx.isCoinbase()) {
      return cost;
    }
    for (int i = 0; i < tx.inputs().size(); i++) {
      TxInput input = tx.inputs().get(i);
      var script = spent.get(i).scriptPubKey();
      cost += (long) Scripts.scriptHashOperations(script, input.scriptSig()) * WITNESS_SCALE;
      cost += Scripts.witnessOperations(script, input.scriptSig(), input.witness());
    }
    return cost;
  }
}
