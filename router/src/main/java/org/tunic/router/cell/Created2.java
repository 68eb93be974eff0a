package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CREATED2: the second half of a circuit handshake. {@code length:u16 handshakeData}
 *
 * <p>The body of EXTENDED2 is the same; see {@link Extended2}.
 *
 * <p>Spec: tor-spec/create-created-cells
 *
 * <p>Threads: immutable.
 *
 * @param handshakeData the responder's handshake data, at most 507 bytes
 */
public record Created2(Bytes handshakeData) implements ChannelMessage {
  static Created2 decode(ByteReader in) throws MalformedException {
    return new Created2(in.bytes(in.u16()));
  }

  @Override
  public CellCommand command() {
    return CellCommand.CREATED2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u16(handshakeData.length()).bytes(handshakeData);
  }
}
