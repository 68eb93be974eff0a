package org.tunic.ledger.mempool;

import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.Scripts;

/**
 * The forms of scripts that are relayed: those that wallets make, so that what an upgrade may give
 * a meaning later does not get into blocks by accident now.
 *
 * <p>Threads: any, because it has no state.
 */
final class StandardRules {
  private static final int MAX_VERSION = 2;
  private static final int MAX_WEIGHT = 400_000;
  private static final int MAX_SCRIPT_SIG = 1650;
  private static final int MAX_CARRIED = 83;
  private static final int MAX_REDEEM_OPERATIONS = 15;
  private static final int MAX_WITNESS_SCRIPT = 3600;
  private static final int MAX_WITNESS_ITEMS = 100;
  private static final int MAX_WITNESS_ITEM = 80;
  private static final int DUST_SAT_PER_KVB = 3000;
  private static final int SPEND_BYTES = 148;
  private static final int WITNESS_SPEND_BYTES = 67;

  private static final int OP_1 = 0x51;
  private static final int OP_16 = 0x60;
  private static final int OP_RETURN = 0x6a;
  private static final int OP_CHECKSIG = 0xac;
  private static final int OP_CHECKMULTISIG = 0xae;

  private StandardRules() {}

  /** Checks what can be seen in the transaction alone. */
  static void check(Transaction tx) throws RejectedException {
    if (tx.version() < 1 || tx.version() > MAX_VERSION) {
      throw policy("version");
    }
    if (tx.weight() > MAX_WEIGHT) {
      throw policy("tx-size");
    }
    for (TxInput input : tx.inputs()) {
      if (input.scriptSig().length() > MAX_SCRIPT_SIG) {
        throw policy("scriptsig-size");
      }
      if (!Scripts.isPushOnly(input.scriptSig().toArray())) {
        throw policy("scriptsig-not-pushonly");
      }
    }
    int carried = 0;
    for (TxOutput output : tx.outputs()) {
      Script script = output.scriptPubKey();
      if (!isStandard(script)) {
        throw policy("scriptpubkey");
      }
      if (script.length() > 0 && script.at(0) == OP_RETURN) {
        carried++;
      } else if (output.amountSat() < dust(output)) {
        throw policy("dust");
      }
    }
    if (carried > 1) {
      throw policy("multi-op-return");
    }
  }

  /** Checks the scripts that are spent, and their witnesses. */
  static void checkInputs(Transaction tx, List<TxOutput> spent) throws RejectedException {
    for (int i = 0; i < spent.size(); i++) {
      Script script = spent.get(i).scriptPubKey();
      TxInput input = tx.inputs().get(i);
      boolean known = isStandard(script) && !isUnknownWitness(script);
      if (!known
          || Scripts.scriptHashOperations(script, input.scriptSig()) > MAX_REDEEM_OPERATIONS) {
        throw policy("bad-txns-nonstandard-inputs");
      }
    }
    for (int i = 0; i < spent.size(); i++) {
      List<Bytes> witness = tx.inputs().get(i).witness();
      Script script = spent.get(i).scriptPubKey();
      if (!witness.isEmpty() && isVersion0Script(script) && !isSmall(witness)) {
        throw policy("bad-witness-nonstandard");
      }
    }
  }

  private static boolean isVersion0Script(Script script) {
    return script.isWitnessProgram() && script.witnessVersion() == 0 && script.length() == 34;
  }

  private static boolean isSmall(List<Bytes> witness) {
    List<Bytes> items = witness.subList(0, witness.size() - 1);
    return witness.getLast().length() <= MAX_WITNESS_SCRIPT
        && items.size() <= MAX_WITNESS_ITEMS
        && items.stream().allMatch(item -> item.length() <= MAX_WITNESS_ITEM);
  }

  private static boolean isUnknownWitness(Script script) {
    if (!script.isWitnessProgram() || script.witnessVersion() == 0) {
      return false;
    }
    boolean taproot = script.witnessVersion() == 1 && script.length() == 34;
    boolean anchor = script.witnessVersion() == 1 && script.length() == 4;
    return !taproot && !anchor;
  }

  /** Pay to key, key hash, script hash, witness program, up to three keys, or data. */
  static boolean isStandard(Script script) {
    int length = script.length();
    if (script.isPayToScriptHash()) {
      return true;
    }
    if (script.isWitnessProgram()) {
      return script.witnessVersion() != 0 || length == 22 || length == 34;
    }
    if (length == 25 && script.equals(Scripts.payToPublicKeyHash(script.slice(3, 20).toArray()))) {
      return true;
    }
    if (length > 0 && script.at(0) == OP_RETURN) {
      return length <= MAX_CARRIED && Scripts.isPushOnly(script.slice(1, length - 1).toArray());
    }
    return isPayToKey(script) || isMultisig(script);
  }

  private static boolean isPayToKey(Script script) {
    int length = script.length();
    return (length == 35 || length == 67)
        && script.at(0) == length - 2
        && isKey(script, 0)
        && script.at(length - 1) == OP_CHECKSIG;
  }

  /** Whether a push of a key stands at {@code at}. */
  private static boolean isKey(Script script, int at) {
    int size = script.at(at);
    if (at + size + 1 > script.length() - 1) {
      return false;
    }
    int first = script.at(at + 1);
    return size == 33 ? first == 2 || first == 3 : size == 65 && first == 4;
  }

  private static boolean isMultisig(Script script) {
    int length = script.length();
    if (length < 37 || script.at(length - 1) != OP_CHECKMULTISIG) {
      return false;
    }
    int wanted = script.at(0) - OP_1 + 1;
    int keys = script.at(length - 2) - OP_1 + 1;
    int at = 1;
    int found = 0;
    while (at < length - 2 && script.at(at) < OP_1 && isKey(script, at)) {
      at += script.at(at) + 1;
      found++;
    }
    boolean counts = wanted >= 1 && wanted <= keys && keys <= 3 && script.at(0) <= OP_16;
    return counts && at == length - 2 && found == keys;
  }

  /** What an output must hold so that spending it costs less than it is worth. */
  static long dust(TxOutput output) {
    Script script = output.scriptPubKey();
    if (script.isUnspendable()) {
      return 0;
    }
    int spending = script.isWitnessProgram() ? WITNESS_SPEND_BYTES : SPEND_BYTES;
    return (long) (8 + script.encodedLength() + spending) * DUST_SAT_PER_KVB / 1000;
  }

  static RejectedException policy(String reason) {
    return new RejectedException(RejectedException.Kind.POLICY, reason);
  }
}
