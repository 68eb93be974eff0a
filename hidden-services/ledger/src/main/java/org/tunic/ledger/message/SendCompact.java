package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Speaks compact blocks of {@code version}.
 *
 * <p>Spec: BIP 152
 *
 * <p>Threads: immutable.
 *
 * @param highBandwidth wants them pushed before it asks
 * @param version 2 for identifiers with witnesses; others are passed over
 */
public record SendCompact(boolean highBandwidth, long version) implements Message {
  static SendCompact decode(WireReader in) throws MalformedException {
    int announce = in.u8();
    if (announce > 1) {
      throw new MalformedException("neither true nor false");
    }
    return new SendCompact(announce == 1, in.i64());
  }

  @Override
  public String command() {
    return "sendcmpct";
  }

  @Override
  public void encode(WireWriter out) {
    out.u8(highBandwidth ? 1 : 0).i64(version);
  }
}
