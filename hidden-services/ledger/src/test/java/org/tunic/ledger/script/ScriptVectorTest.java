package org.tunic.ledger.script;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.curve.Curve;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;

/** Bitcoin Core's script_tests.json: each script ends as there, with the error of that name. */
class ScriptVectorTest {
  private static final Curve CURVE = BitcoinVectors.curve();
  private static final ScriptVerifier VERIFIER = new ScriptVerifier(CURVE);
  private static final int FEWEST_VECTORS = 1200;

  /** Public key of the secret 1, the internal key of the vectors of taproot. */
  private static final byte[] INTERNAL = internal();

  private static byte[] internal() {
    byte[] one = new byte[32];
    one[31] = 1;
    return Arrays.copyOfRange(CURVE.publicKey(one), 1, 33);
  }

  @Test
  void verify_eachVector_endsWithItsError() {
    List<Executable> checks = new ArrayList<>();
    for (JsonNode vector : BitcoinVectors.json("core/script_tests.json")) {
      if (vector.size() >= 4) {
        checks.add(() -> check(vector));
      }
    }
    assertTrue(checks.size() >= FEWEST_VECTORS, "only " + checks.size());
    assertAll(checks);
  }

  private static void check(JsonNode vector) {
    int at = vector.get(0).isArray() ? 1 : 0;
    Map<String, byte[]> placeholders = new TreeMap<>();
    List<Bytes> witness = new ArrayList<>();
    long amount = 0;
    if (at == 1) {
      JsonNode stack = vector.get(0);
      amount = stack.get(stack.size() - 1).decimalValue().multiply(SAT).longValueExact();
      for (int i = 0; i < stack.size() - 1; i++) {
        witness.add(Bytes.copyOf(element(stack.get(i).asText(), placeholders)));
      }
    }
    byte[] scriptSig = ScriptText.parse(vector.get(at).asText());
    byte[] scriptPubKey = scriptPubKey(vector.get(at + 1).asText(), placeholders);
    ScriptFlags flags = ScriptText.flags(vector.get(at + 2).asText());
    TxOutput spent = new TxOutput(amount, Script.of(scriptPubKey));
    Transaction credit =
        new Transaction(
            1,
            List.of(
                new TxInput(OutPoint.NONE, Script.of(new byte[] {0, 0}), TxInput.FINAL, List.of())),
            List.of(spent),
            0);
    Transaction spending =
        new Transaction(
            1,
            List.of(
                new TxInput(
                    new OutPoint(credit.txid(), 0), Script.of(scriptSig), TxInput.FINAL, witness)),
            List.of(new TxOutput(amount, Script.EMPTY)),
            0);
    ScriptError error = VERIFIER.verify(new SignatureHashes(spending, List.of(spent)), 0, flags);
    assertEquals(vector.get(at + 3).asText(), error.name(), vector::toString);
  }

  private static final BigDecimal SAT = BigDecimal.valueOf(100_000_000);

  private static byte[] element(String text, Map<String, byte[]> placeholders) {
    if (text.startsWith("#SCRIPT#")) {
      byte[] script = ScriptText.parse(text.substring(8));
      byte[] tweak = TaggedHash.TWEAK.of(INTERNAL, TaggedHash.leaf(0xc0, script));
      byte[] output = CURVE.tweak(INTERNAL, tweak);
      byte[] control = new byte[33];
      control[0] = (byte) (0xc0 + (output[0] & 1));
      System.arraycopy(INTERNAL, 0, control, 1, 32);
      placeholders.put("#CONTROLBLOCK#", control);
      placeholders.put("#TAPROOTOUTPUT#", Arrays.copyOfRange(output, 1, 33));
      return script;
    }
    return text.startsWith("#") ? placeholders.get(text) : HexFormat.of().parseHex(text);
  }

  private static byte[] scriptPubKey(String text, Map<String, byte[]> placeholders) {
    byte[] output = placeholders.get("#TAPROOTOUTPUT#");
    return ScriptText.parse(
        output == null
            ? text
            : text.replace("#TAPROOTOUTPUT#", "0x" + HexFormat.of().formatHex(output)));
  }
}
