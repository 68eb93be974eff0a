package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * DESTROY: ends a circuit. {@code reason:u8}
 *
 * <p>Spec: tor-spec/tearing-down-circuits
 *
 * <p>Threads: immutable.
 *
 * @param reason why; clients send NONE
 */
public record Destroy(DestroyReason reason) implements ChannelMessage {
  static Destroy decode(ByteReader in) throws MalformedException {
    return new Destroy(new DestroyReason(in.u8()));
  }

  @Override
  public CellCommand command() {
    return CellCommand.DESTROY;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(reason.code());
  }
}
