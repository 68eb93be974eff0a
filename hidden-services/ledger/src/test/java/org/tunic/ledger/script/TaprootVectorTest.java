package org.tunic.ledger.script;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireReader;

/**
 * A dump of Bitcoin Core's feature_taproot: each spend succeeds, and its spoilt twin fails; those
 * marked final do so under all rules of consensus too.
 */
class TaprootVectorTest {
  private static final ScriptVerifier VERIFIER = new ScriptVerifier(BitcoinVectors.curve());

  @Test
  void verify_eachSpend_succeedsAndItsSpoiltTwinFails() {
    List<Executable> checks = new ArrayList<>();
    for (JsonNode vector : BitcoinVectors.json("taproot/script_assets_part_a.json")) {
      checks.add(() -> check(vector));
    }
    assertTrue(checks.size() >= 1400, "only " + checks.size());
    assertAll(checks);
  }

  private static void check(JsonNode vector) throws Exception {
    Transaction tx = Transaction.decode(hex(vector.get("tx")));
    int index = vector.get("index").asInt();
    List<TxOutput> spent = new ArrayList<>();
    for (JsonNode output : vector.get("prevouts")) {
      spent.add(TxOutput.decode(new WireReader(hex(output))));
    }
    ScriptFlags flags = ScriptText.flags(vector.get("flags").asText());
    if (vector.has("success")) {
      SignatureHashes with = spend(tx, index, vector.get("success"), spent);
      assertEquals(
          ScriptError.OK, VERIFIER.verify(with, index, flags), vector.get("comment")::asText);
      if (vector.path("final").asBoolean()) {
        assertEquals(
            ScriptError.OK,
            VERIFIER.verify(with, index, ScriptFlags.CONSENSUS),
            vector.get("comment")::asText);
      }
    }
    if (vector.has("failure")) {
      SignatureHashes with = spend(tx, index, vector.get("failure"), spent);
      assertNotEquals(
          ScriptError.OK, VERIFIER.verify(with, index, flags), vector.get("comment")::asText);
    }
  }

  private static SignatureHashes spend(
      Transaction tx, int index, JsonNode how, List<TxOutput> spent) {
    List<Bytes> witness = new ArrayList<>();
    how.get("witness").forEach(item -> witness.add(Bytes.copyOf(hex(item))));
    List<TxInput> inputs = new ArrayList<>(tx.inputs());
    TxInput old = inputs.get(index);
    inputs.set(
        index,
        new TxInput(old.previous(), Script.of(hex(how.get("scriptSig"))), old.sequence(), witness));
    return new SignatureHashes(
        new Transaction(tx.version(), inputs, tx.outputs(), tx.lockTime()), spent);
  }

  private static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(node.asText());
  }
}
