package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * XON: send again on a stream, at this rate. {@code version:u8 kbpsEwma:u32}
 *
 * <p>Spec: proposals/324 section 3.5
 *
 * <p>Threads: immutable.
 *
 * @param version 0
 * @param kbpsEwma drain rate of the edge in kilobytes a second; 0 is no limit
 */
public record Xon(int version, long kbpsEwma) implements RelayMessage {
  /** Bytes of a body. */
  public static final int LENGTH = 5;

  /** Reads a body. */
  public static Xon decode(ByteReader in) throws MalformedException {
    return new Xon(in.u8(), in.u32());
  }

  @Override
  public int command() {
    return RelayCommand.XON;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(version).u32(kbpsEwma);
  }
}
