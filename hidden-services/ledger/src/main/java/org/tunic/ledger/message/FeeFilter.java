package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Wants no transactions announced that pay less.
 *
 * <p>Spec: BIP 133
 *
 * <p>Threads: immutable.
 *
 * @param satPerKvb units of 10^-8 for each 1000 virtual bytes
 */
public record FeeFilter(long satPerKvb) implements Message {
  static FeeFilter decode(WireReader in) throws MalformedException {
    return new FeeFilter(in.i64());
  }

  @Override
  public String command() {
    return "feefilter";
  }

  @Override
  public void encode(WireWriter out) {
    out.i64(satPerKvb);
  }
}
