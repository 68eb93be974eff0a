package org.tunic.ledger.primitive;

import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * What a transaction spends, and the proof that it may.
 *
 * <p>Threads: immutable.
 *
 * @param sequence relative lock time (BIP 68) or opt-in to replacement, 0 to 2^32 - 1
 * @param witness stack of the witness, empty if there is none
 */
public record TxInput(OutPoint previous, Script scriptSig, long sequence, List<Bytes> witness) {
  /** A final input: neither lock time nor replacement. */
  public static final long FINAL = 0xffff_ffffL;

  /** The fewest bytes of one. */
  static final int MIN_LENGTH = OutPoint.LENGTH + 1 + 4;

  /** Copies the list. */
  public TxInput {
    witness = List.copyOf(witness);
  }

  static TxInput decode(WireReader in) throws MalformedException {
    return new TxInput(OutPoint.decode(in), Script.decode(in), in.u32(), List.of());
  }

  /** The same with another witness. */
  public TxInput withWitness(List<Bytes> stack) {
    return new TxInput(previous, scriptSig, sequence, stack);
  }

  void encode(WireWriter out) {
    previous.encode(out);
    scriptSig.encode(out);
    out.u32(sequence);
  }

  int encodedLength() {
    return OutPoint.LENGTH + scriptSig.encodedLength() + 4;
  }

  void encodeWitness(WireWriter out) {
    out.compactSize(witness.size());
    witness.forEach(out::string);
  }

  /** Bytes of the witness as it is serialised: its count and each item with its length. */
  public int witnessLength() {
    int length = WireWriter.compactSizeLength(witness.size());
    for (Bytes item : witness) {
      length += WireWriter.compactSizeLength(item.length()) + item.length();
    }
    return length;
  }
}
