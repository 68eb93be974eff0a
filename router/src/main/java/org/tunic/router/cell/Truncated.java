package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * TRUNCATED: everything behind a hop is gone. {@code reason:u8}
 *
 * <p>Spec: tor-spec/tearing-down-circuits
 *
 * <p>Threads: immutable.
 *
 * @param reason why; NONE when the body is empty
 */
public record Truncated(DestroyReason reason) implements RelayMessage {
  /** Reads a body. */
  public static Truncated decode(ByteReader in) throws MalformedException {
    return new Truncated(in.remaining() == 0 ? DestroyReason.NONE : new DestroyReason(in.u8()));
  }

  @Override
  public int command() {
    return RelayCommand.TRUNCATED;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(reason.code());
  }
}
