package org.tunic.ledger.script;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.consensus.TransactionRules;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;

/** Bitcoin Core's tx_valid.json and tx_invalid.json. */
class TransactionVectorTest {
  private static final ScriptVerifier VERIFIER = new ScriptVerifier(BitcoinVectors.curve());
  private static final long MAX_MONEY = 2_100_000_000_000_000L;

  /** One transaction of the files with what it spends. */
  private record Vector(Transaction transaction, List<TxOutput> spent, String flags) {
    static Vector parse(JsonNode node) throws Exception {
      Map<OutPoint, TxOutput> outputs = new HashMap<>();
      for (JsonNode previous : node.get(0)) {
        long amount = previous.size() > 3 ? previous.get(3).asLong() : 0;
        outputs.put(
            new OutPoint(
                Hash256.fromDisplay(previous.get(0).asText()),
                previous.get(1).asLong() & 0xffff_ffffL),
            new TxOutput(amount, Script.of(ScriptText.parse(previous.get(2).asText()))));
      }
      Transaction transaction = Transaction.decode(HexFormat.of().parseHex(node.get(1).asText()));
      List<TxOutput> spent = new ArrayList<>();
      for (TxInput input : transaction.inputs()) {
        spent.add(outputs.getOrDefault(input.previous(), new TxOutput(0, Script.EMPTY)));
      }
      return new Vector(transaction, spent, node.get(2).asText());
    }

    boolean isWellFormed() {
      try {
        TransactionRules.check(transaction, MAX_MONEY);
        return true;
      } catch (RejectedException e) {
        return false;
      }
    }

    /** The first error of an input, or OK. */
    ScriptError verify(ScriptFlags flagSet) {
      SignatureHashes hashes = new SignatureHashes(transaction, spent);
      for (int i = 0; i < spent.size(); i++) {
        ScriptError error = VERIFIER.verify(hashes, i, flagSet);
        if (error != ScriptError.OK) {
          return error;
        }
      }
      return ScriptError.OK;
    }
  }

  private interface Check {
    void on(Vector vector, JsonNode node);
  }

  private static void each(String file, int fewest, Check check) {
    List<Executable> checks = new ArrayList<>();
    for (JsonNode node : BitcoinVectors.json(file)) {
      if (node.size() == 3) {
        checks.add(() -> check.on(Vector.parse(node), node));
      }
    }
    assertTrue(checks.size() >= fewest, "only " + checks.size());
    assertAll(checks);
  }

  @Test
  void verify_validTransactions_succeedWithoutTheFlagsNamed() {
    each(
        "core/tx_valid.json",
        100,
        (vector, node) -> {
          assertTrue(vector.isWellFormed(), node::toString);
          ScriptFlags all = ScriptFlags.STANDARD;
          ScriptFlags flags = new ScriptFlags(all.bits() & ~ScriptText.flags(vector.flags).bits());
          assertEquals(ScriptError.OK, vector.verify(flags), node::toString);
          assertEquals(ScriptError.OK, vector.verify(ScriptFlags.NONE), node::toString);
        });
  }

  @Test
  void verify_invalidTransactions_failWithTheFlagsNamed() {
    each(
        "core/tx_invalid.json",
        80,
        (vector, node) -> {
          if (vector.flags.equals("BADTX")) {
            assertFalse(vector.isWellFormed(), node::toString);
            return;
          }
          assertTrue(vector.isWellFormed(), node::toString);
          ScriptFlags flags = ScriptText.flags(vector.flags);
          assertTrue(vector.verify(flags) != ScriptError.OK, node::toString);
        });
  }
}
