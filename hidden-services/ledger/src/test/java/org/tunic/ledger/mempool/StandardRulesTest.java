package org.tunic.ledger.mempool;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.Scripts;

class StandardRulesTest {
  private static final Script GOOD = Scripts.payToWitness(0, new byte[20]);
  private static final OutPoint POINT = new OutPoint(Hash256.ZERO, 1);

  private static Transaction tx(int version, byte[] scriptSig, TxOutput... outputs) {
    return new Transaction(
        version,
        List.of(new TxInput(POINT, Script.of(scriptSig), TxInput.FINAL, List.of())),
        List.of(outputs),
        0);
  }

  private static void rejects(String reason, Transaction tx) {
    assertEquals(
        reason,
        assertThrows(RejectedException.class, () -> StandardRules.check(tx), reason).reason());
  }

  @ParameterizedTest
  @CsvSource({
    "76a914000000000000000000000000000000000000000088ac, true",
    "a914000000000000000000000000000000000000000087, true",
    "00140000000000000000000000000000000000000000, true",
    "0020000000000000000000000000000000000000000000000000000000000000000000, false",
    "00150000000000000000000000000000000000000000aa, false",
    "51024e73, true",
    "6002abcd, true",
    "6a, true",
    "6a04deadbeef, true",
    "6a76, false",
    "51, false",
    "76a914000000000000000000000000000000000000000088ad, false",
    "2102c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5ac, true",
    "2104c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5ac, false",
    "512102c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee551ae, true",
    "522102c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee551ae, false",
    "512102c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee552ae, false",
  })
  void isStandard_ofEachForm_isAsWritten(String script, boolean standard) throws Exception {
    assertEquals(standard, StandardRules.isStandard(Script.fromHex(script)));
  }

  @Test
  void check_eachBreach_isNamed() {
    TxOutput good = new TxOutput(100_000, GOOD);
    assertDoesNotThrow(() -> StandardRules.check(tx(2, new byte[0], good)));
    rejects("version", tx(0, new byte[0], good));
    rejects("version", tx(3, new byte[0], good));
    rejects("scriptsig-size", tx(2, new byte[1651], good));
    rejects("scriptsig-not-pushonly", tx(2, new byte[] {0x61}, good));
    rejects("scriptpubkey", tx(2, new byte[0], new TxOutput(1, Script.of(new byte[] {0x51}))));
    TxOutput carrier = new TxOutput(0, Scripts.carry(new byte[] {1}));
    rejects("multi-op-return", tx(2, new byte[0], carrier, carrier));
    TxOutput[] heavy = Collections.nCopies(3300, good).toArray(TxOutput[]::new);
    rejects("tx-size", tx(2, new byte[0], heavy));
  }

  /** Bitcoin Core's figures: 546 for a key hash, 294 for a witness key hash, 330 for taproot. */
  @Test
  void dust_ofEachForm_isBitcoins() {
    assertEquals(
        546, StandardRules.dust(new TxOutput(0, Scripts.payToPublicKeyHash(new byte[20]))));
    assertEquals(540, StandardRules.dust(new TxOutput(0, Scripts.payToScriptHash(new byte[20]))));
    assertEquals(294, StandardRules.dust(new TxOutput(0, GOOD)));
    assertEquals(330, StandardRules.dust(new TxOutput(0, Scripts.payToWitness(1, new byte[32]))));
    rejects("dust", tx(2, new byte[0], new TxOutput(293, GOOD)));
    assertDoesNotThrow(() -> StandardRules.check(tx(2, new byte[0], new TxOutput(294, GOOD))));
  }

  @Test
  void checkInputs_unknownProgramOrLargeWitness_isRefused() {
    Transaction bare = tx(2, new byte[0], new TxOutput(1000, GOOD));
    inputs("bad-txns-nonstandard-inputs", bare, Scripts.payToWitness(2, new byte[32]));
    inputs("bad-txns-nonstandard-inputs", bare, Script.of(new byte[] {0x51}));
    List<Bytes> witness = List.of(Bytes.copyOf(new byte[81]), Bytes.copyOf(new byte[] {0x51}));
    TxInput large = bare.inputs().getFirst().withWitness(witness);
    Transaction heavy = new Transaction(2, List.of(large), bare.outputs(), 0);
    inputs("bad-witness-nonstandard", heavy, Scripts.payToWitness(0, new byte[32]));
    assertDoesNotThrow(() -> StandardRules.checkInputs(bare, List.of(new TxOutput(1, GOOD))));
  }

  private static void inputs(String reason, Transaction tx, Script spent) {
    RejectedException refusal =
        assertThrows(
            RejectedException.class,
            () -> StandardRules.checkInputs(tx, List.of(new TxOutput(1, spent))));
    assertEquals(reason, refusal.reason());
  }
}
