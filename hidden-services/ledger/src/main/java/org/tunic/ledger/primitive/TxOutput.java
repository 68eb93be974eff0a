package org.tunic.ledger.primitive;

import org.tunic.crypto.bytes.MalformedException;

/**
 * An amount and who may spend it.
 *
 * <p>Threads: immutable.
 *
 * @param amountSat in units of 10^-8 of a coin; out of range only in what was not checked
 */
public record TxOutput(long amountSat, Script scriptPubKey) {
  static final int MIN_LENGTH = 8 + 1;

  /** Reads an output. */
  public static TxOutput decode(WireReader in) throws MalformedException {
    return new TxOutput(in.i64(), Script.decode(in));
  }

  /** Appends the output. */
  public void encode(WireWriter out) {
    out.i64(amountSat);
    scriptPubKey.encode(out);
  }

  int encodedLength() {
    return 8 + scriptPubKey.encodedLength();
  }
}
