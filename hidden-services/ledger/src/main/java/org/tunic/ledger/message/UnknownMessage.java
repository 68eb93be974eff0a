package org.tunic.ledger.message;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A message of a name nobody here knows; it is passed over.
 *
 * <p>Threads: immutable.
 */
public record UnknownMessage(String command, Bytes body) implements Message {
  static UnknownMessage decode(String command, WireReader in) throws MalformedException {
    return new UnknownMessage(command, in.bytes(in.remaining()));
  }

  @Override
  public void encode(WireWriter out) {
    out.bytes(body);
  }
}
