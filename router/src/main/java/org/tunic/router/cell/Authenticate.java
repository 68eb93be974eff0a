package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * AUTHENTICATE: the initiator proves its identity. {@code type:u16 length:u16 authentication}
 *
 * <p>Spec: tor-spec/negotiating-channels#AUTHENTICATE-cells
 *
 * <p>Threads: immutable.
 *
 * @param type authentication type; {@link #ED25519_SHA256_RFC5705} is the only one in use
 * @param authentication the fields of that type, 352 bytes for the one in use
 */
public record Authenticate(int type, Bytes authentication) implements ChannelMessage {
  /** Ed25519-SHA256-RFC5705. */
  public static final int ED25519_SHA256_RFC5705 = 3;

  static Authenticate decode(ByteReader in) throws MalformedException {
    return new Authenticate(in.u16(), in.bytes(in.u16()));
  }

  @Override
  public CellCommand command() {
    return CellCommand.AUTHENTICATE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u16(type).u16(authentication.length()).bytes(authentication);
  }
}
