package org.tunic.ledger.script;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxOutput;

/** What is signed: Bitcoin Core's sighash.json and the intermediate values of BIP 341. */
class SighashVectorTest {
  @Test
  void legacy_eachVector_isEqual() {
    List<Executable> checks = new ArrayList<>();
    for (JsonNode vector : BitcoinVectors.json("core/sighash.json")) {
      if (vector.size() != 5) {
        continue;
      }
      checks.add(
          () -> {
            Transaction tx = Transaction.decode(hex(vector.get(0)));
            byte[] hash =
                SignatureHashes.legacy(
                    tx, vector.get(2).asInt(), hex(vector.get(1)), vector.get(3).asInt());
            assertEquals(vector.get(4).asText(), Hash256.copyOf(hash).display(), vector::toString);
          });
    }
    assertTrue(checks.size() >= 500, "only " + checks.size());
    assertAll(checks);
  }

  @Test
  void taproot_walletVectors_areEqual() throws Exception {
    JsonNode wallet =
        BitcoinVectors.json("bips/bip-0341_wallet-test-vectors.json").get("keyPathSpending").get(0);
    JsonNode given = wallet.get("given");
    List<TxOutput> spent = new ArrayList<>();
    for (JsonNode output : given.get("utxosSpent")) {
      spent.add(
          new TxOutput(
              output.get("amountSats").asLong(),
              Script.fromHex(output.get("scriptPubKey").asText())));
    }
    Transaction bare = Transaction.decode(hex(given.get("rawUnsignedTx")));
    SignatureHashes hashes = new SignatureHashes(bare, spent);
    int checked = 0;
    for (JsonNode input : wallet.get("inputSpending")) {
      byte[] hash =
          hashes.taproot(
              input.get("given").get("txinIndex").asInt(),
              input.get("given").get("hashType").asInt(),
              new SignatureHashes.TaprootContext(Bytes.EMPTY, Bytes.EMPTY, 0));
      assertEquals(
          input.get("intermediary").get("sigHash").asText(), HexFormat.of().formatHex(hash));
      checked++;
    }
    assertEquals(7, checked);
  }

  private static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(node.asText());
  }
}
