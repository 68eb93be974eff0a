package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * EXTEND2: asks the last hop to extend the circuit. {@code n:u8 (type:u8 length:u8 value)…
 * handshakeType:u16 length:u16 onionSkin}
 *
 * <p>Only in RELAY_EARLY cells. What the specifiers mean, and which must be there, is judged by the
 * circuit with {@code directory.linkspec}.
 *
 * <p>Spec: tor-spec/create-created-cells#EXTEND
 *
 * <p>Threads: immutable.
 *
 * @param linkSpecifiers the list with its count byte in front, undecoded but whole
 * @param type which handshake
 * @param onionSkin the handshake data for the next hop
 */
public record Extend2(Bytes linkSpecifiers, HandshakeType type, Bytes onionSkin)
    implements RelayMessage {
  /** Reads a body. */
  public static Extend2 decode(ByteReader in) throws MalformedException {
    ByteWriter list = new ByteWriter(64);
    int count = in.u8();
    list.u8(count);
    for (int i = 0; i < count; i++) {
      int type = in.u8();
      int length = in.u8();
      list.u8(type).u8(length).bytes(in.array(length));
    }
    return new Extend2(list.toBytes(), new HandshakeType(in.u16()), in.bytes(in.u16()));
  }

  @Override
  public int command() {
    return RelayCommand.EXTEND2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(linkSpecifiers).u16(type.code()).u16(onionSkin.length()).bytes(onionSkin);
  }
}
