package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * EXTENDED2: the answer of the next hop, as in CREATED2. {@code length:u16 handshakeData}
 *
 * <p>Spec: tor-spec/create-created-cells#EXTEND
 *
 * <p>Threads: immutable.
 *
 * @param handshakeData at most 496 bytes
 */
public record Extended2(Bytes handshakeData) implements RelayMessage {
  /** Reads a body. */
  public static Extended2 decode(ByteReader in) throws MalformedException {
    return new Extended2(in.bytes(in.u16()));
  }

  @Override
  public int command() {
    return RelayCommand.EXTENDED2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u16(handshakeData.length()).bytes(handshakeData);
  }
}
