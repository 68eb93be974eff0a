package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CREATE2: the first half of a circuit handshake. {@code type:u16 length:u16 onionSkin}
 *
 * <p>Spec: tor-spec/create-created-cells
 *
 * <p>Threads: immutable.
 *
 * @param type which handshake
 * @param onionSkin the initiator's handshake data, at most 505 bytes
 */
public record Create2(HandshakeType type, Bytes onionSkin) implements ChannelMessage {
  static Create2 decode(ByteReader in) throws MalformedException {
    return new Create2(new HandshakeType(in.u16()), in.bytes(in.u16()));
  }

  @Override
  public CellCommand command() {
    return CellCommand.CREATE2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u16(type.code()).u16(onionSkin.length()).bytes(onionSkin);
  }
}
