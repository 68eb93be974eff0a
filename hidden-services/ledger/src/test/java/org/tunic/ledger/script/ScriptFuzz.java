package org.tunic.ledger.script;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.testing.ParserFuzz;

/**
 * A spend: flags:u32, scriptSig, scriptPubKey, count of the witness, its items. Whatever it holds
 * ends in a {@link ScriptError}.
 */
class ScriptFuzz extends ParserFuzz {
  private static final ScriptVerifier VERIFIER = new ScriptVerifier(BitcoinVectors.curve());

  ScriptFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    WireReader in = new WireReader(input);
    ScriptFlags flags = new ScriptFlags(in.i32());
    Script scriptSig = Script.of(in.string());
    Script scriptPubKey = Script.of(in.string());
    List<Bytes> witness = new ArrayList<>();
    for (int n = in.count(1); n > 0; n--) {
      witness.add(in.string());
    }
    TxOutput spent = new TxOutput(1000, scriptPubKey);
    Transaction tx =
        new Transaction(
            2,
            List.of(new TxInput(new OutPoint(Hash256.ZERO, 0), scriptSig, 5, witness)),
            List.of(new TxOutput(900, Script.EMPTY)),
            7);
    VERIFIER.verify(new SignatureHashes(tx, List.of(spent)), 0, flags);
    Scripts.witnessOperations(scriptPubKey, scriptSig, witness);
    Scripts.scriptHashOperations(scriptPubKey, scriptSig);
  }
}
