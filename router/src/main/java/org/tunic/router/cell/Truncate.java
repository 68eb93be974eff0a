package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * TRUNCATE: asks a hop to drop everything behind it. {@code reason:u8}
 *
 * <p>Spec: tor-spec/tearing-down-circuits
 *
 * <p>Threads: immutable.
 *
 * @param reason why; NONE when the body is empty
 */
public record Truncate(DestroyReason reason) implements RelayMessage {
  /** Reads a body. */
  public static Truncate decode(ByteReader in) throws MalformedException {
    return new Truncate(in.remaining() == 0 ? DestroyReason.NONE : new DestroyReason(in.u8()));
  }

  @Override
  public int command() {
    return RelayCommand.TRUNCATE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(reason.code());
  }
}
