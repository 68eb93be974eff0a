package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A question whether the peer is there, or the answer.
 *
 * <p>Spec: BIP 31
 *
 * <p>Threads: immutable.
 *
 * @param isPing whether it is the question
 * @param nonce the same in the answer
 */
public record Heartbeat(boolean isPing, long nonce) implements Message {
  static Heartbeat decode(String command, WireReader in) throws MalformedException {
    return new Heartbeat(command.equals("ping"), in.i64());
  }

  @Override
  public String command() {
    return isPing ? "ping" : "pong";
  }

  @Override
  public void encode(WireWriter out) {
    out.i64(nonce);
  }
}
