package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * XOFF: stop sending on a stream. {@code version:u8}
 *
 * <p>Spec: proposals/324 section 3.5
 *
 * <p>Threads: immutable.
 *
 * @param version 0
 */
public record Xoff(int version) implements RelayMessage {
  /** Reads a body. */
  public static Xoff decode(ByteReader in) throws MalformedException {
    return new Xoff(in.u8());
  }

  @Override
  public int command() {
    return RelayCommand.XOFF;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(version);
  }
}
