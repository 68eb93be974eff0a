package org.tunic.ledger.script;

import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireWriter;

/**
 * What the signatures of one transaction sign.
 *
 * <p>The hashes over all inputs and all outputs that BIP 143 and BIP 341 share among inputs are
 * computed once here, so that checking a transaction of n inputs costs O(n). The hash of the first
 * release has no such parts and stays O(n) for each input.
 *
 * <p>Threads: immutable; inputs of one transaction may be checked by many threads.
 */
public final class SignatureHashes {
  static final int DEFAULT = 0;
  static final int ALL = 1;
  static final int NONE = 2;
  static final int SINGLE = 3;
  static final int ANYONE_CAN_PAY = 0x80;
  private static final int OUTPUT_MASK = 0x1f;

  private static final byte[] ZERO = new byte[32];

  private final Transaction transaction;
  private final List<TxOutput> spent;
  private final byte[] prevouts;
  private final byte[] amounts;
  private final byte[] scripts;
  private final byte[] sequences;
  private final byte[] outputs;

  /**
   * Computes what is shared.
   *
   * @param spent the output each input spends, in order
   */
  public SignatureHashes(Transaction transaction, List<TxOutput> spent) {
    if (spent.size() != transaction.inputs().size()) {
      throw new IllegalArgumentException("one spent output for each input");
    }
    this.transaction = transaction;
    this.spent = List.copyOf(spent);
    if (!transaction.hasWitness() && spent.stream().noneMatch(SignatureHashes::mayNeedWitness)) {
      // Nothing can be signed by BIP 143 or BIP 341.
      this.prevouts = ZERO;
      this.amounts = ZERO;
      this.scripts = ZERO;
      this.sequences = ZERO;
      this.outputs = ZERO;
      return;
    }
    WireWriter prevoutsOut = new WireWriter();
    WireWriter sequencesOut = new WireWriter();
    for (TxInput input : transaction.inputs()) {
      input.previous().encode(prevoutsOut);
      sequencesOut.u32(input.sequence());
    }
    WireWriter amountsOut = new WireWriter();
    WireWriter scriptsOut = new WireWriter();
    for (TxOutput output : spent) {
      amountsOut.i64(output.amountSat());
      output.scriptPubKey().encode(scriptsOut);
    }
    WireWriter outputsOut = new WireWriter();
    transaction.outputs().forEach(output -> output.encode(outputsOut));
    this.prevouts = prevoutsOut.sha256();
    this.amounts = amountsOut.sha256();
    this.scripts = scriptsOut.sha256();
    this.sequences = sequencesOut.sha256();
    this.outputs = outputsOut.sha256();
  }

  private static boolean mayNeedWitness(TxOutput output) {
    return output.scriptPubKey().isWitnessProgram() || output.scriptPubKey().isPayToScriptHash();
  }

  /** The transaction that is signed. */
  public Transaction transaction() {
    return transaction;
  }

  /** The output that input {@code index} spends. */
  public TxOutput spent(int index) {
    return spent.get(index);
  }

  /**
   * The hash of the first release.
   *
   * @param scriptCode the script that runs, without what was deleted from it
   * @param hashType all 32 bits of it are signed
   */
  public byte[] legacy(int index, byte[] scriptCode, int hashType) {
    return legacy(transaction, index, scriptCode, hashType);
  }

  /** As {@link #legacy(int, byte[], int)}, for a transaction whose spent outputs are unknown. */
  static byte[] legacy(Transaction transaction, int index, byte[] scriptCode, int hashType) {
    int kind = hashType & OUTPUT_MASK;
    if (kind == SINGLE && index >= transaction.outputs().size()) {
      byte[] one = new byte[32]; // a mistake of the first release that is law now
      one[0] = 1;
      return one;
    }
    boolean single = (hashType & ANYONE_CAN_PAY) != 0;
    List<TxInput> inputs = transaction.inputs();
    WireWriter out = new WireWriter(transaction.strippedLength() + scriptCode.length + 8);
    out.u32(transaction.version());
    out.compactSize(single ? 1 : inputs.size());
    byte[] signed = Scripts.withoutCodeSeparators(scriptCode);
    for (int i = single ? index : 0; i < (single ? index + 1 : inputs.size()); i++) {
      TxInput input = inputs.get(i);
      input.previous().encode(out);
      if (i == index) {
        out.string(signed).u32(input.sequence());
      } else {
        out.u8(0).u32(kind == NONE || kind == SINGLE ? 0 : input.sequence());
      }
    }
    encodeOutputs(transaction, index, kind, out);
    out.u32(transaction.lockTime()).u32(hashType);
    return out.sha256d().toArray();
  }

  private static void encodeOutputs(Transaction transaction, int index, int kind, WireWriter out) {
    List<TxOutput> outputs = transaction.outputs();
    switch (kind) {
      case NONE -> out.u8(0);
      case SINGLE -> {
        out.compactSize(index + 1L);
        for (int i = 0; i < index; i++) {
          out.i64(-1).u8(0);
        }
        outputs.get(index).encode(out);
      }
      default -> {
        out.compactSize(outputs.size());
        outputs.forEach(output -> output.encode(out));
      }
    }
  }

  /** The hash of BIP 143, for witness programs of version 0. */
  public byte[] segwit(int index, byte[] scriptCode, int hashType) {
    int kind = hashType & OUTPUT_MASK;
    boolean anyone = (hashType & ANYONE_CAN_PAY) != 0;
    TxInput input = transaction.inputs().get(index);
    WireWriter out = new WireWriter(200 + scriptCode.length);
    out.u32(transaction.version());
    out.bytes(anyone ? ZERO : again(prevouts));
    out.bytes(anyone || kind == SINGLE || kind == NONE ? ZERO : again(sequences));
    input.previous().encode(out);
    out.string(scriptCode).i64(spent.get(index).amountSat()).u32(input.sequence());
    if (kind != SINGLE && kind != NONE) {
      out.bytes(again(outputs));
    } else if (kind == SINGLE && index < transaction.outputs().size()) {
      WireWriter one = new WireWriter();
      transaction.outputs().get(index).encode(one);
      out.hash(one.sha256d());
    } else {
      out.bytes(ZERO);
    }
    out.u32(transaction.lockTime()).u32(hashType);
    return out.sha256d().toArray();
  }

  private static byte[] again(byte[] once) {
    return Sha.sha256(once);
  }

  /**
   * What a run of taproot adds to the hash.
   *
   * @param annexHash SHA-256 of the annex with its length; empty if there is none
   * @param leafHash hash of the leaf that runs; empty when the key signs
   * @param codeSeparator number of the CODESEPARATOR that ran last, or 0xffffffff
   */
  record TaprootContext(Bytes annexHash, Bytes leafHash, long codeSeparator) {}

  /**
   * The hash of BIP 341 and BIP 342.
   *
   * @throws ScriptException if {@code hashType} is none, or SINGLE without its output
   */
  byte[] taproot(int index, int hashType, TaprootContext context) throws ScriptException {
    int kind = hashType == DEFAULT ? ALL : hashType & 3;
    boolean anyone = (hashType & ANYONE_CAN_PAY) != 0;
    boolean known = hashType <= SINGLE || (hashType >= 0x81 && hashType <= 0x83);
    if (!known || (kind == SINGLE && index >= transaction.outputs().size())) {
      throw new ScriptException(ScriptError.SCHNORR_SIG_HASHTYPE);
    }
    boolean annex = context.annexHash().length() > 0;
    boolean leaf = context.leafHash().length() > 0;
    TxInput input = transaction.inputs().get(index);
    WireWriter out = new WireWriter(300);
    out.u8(0).u8(hashType).u32(transaction.version()).u32(transaction.lockTime());
    if (!anyone) {
      out.bytes(prevouts).bytes(amounts).bytes(scripts).bytes(sequences);
    }
    if (kind == ALL) {
      out.bytes(outputs);
    }
    out.u8((leaf ? 2 : 0) + (annex ? 1 : 0));
    if (anyone) {
      input.previous().encode(out);
      spent.get(index).encode(out);
      out.u32(input.sequence());
    } else {
      out.u32(index);
    }
    out.bytes(context.annexHash());
    if (kind == SINGLE) {
      WireWriter one = new WireWriter();
      transaction.outputs().get(index).encode(one);
      out.bytes(one.sha256());
    }
    if (leaf) {
      out.bytes(context.leafHash()).u8(0).u32(context.codeSeparator());
    }
    return TaggedHash.SIGHASH.of(out.toArray());
  }
}
