package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CREATED_FAST: the responder's half of the handshake that relies on TLS alone. {@code Y:20 KH:20}
 *
 * <p>Spec: tor-spec/create-created-cells#create_fast
 *
 * <p>Threads: immutable.
 *
 * @param y random key material, 20 bytes
 * @param derivativeKeyData KH, 20 bytes, which proves that the responder derived the same keys
 */
public record CreatedFast(Bytes y, Bytes derivativeKeyData) implements ChannelMessage {
  static CreatedFast decode(ByteReader in) throws MalformedException {
    return new CreatedFast(in.bytes(CreateFast.LENGTH), in.bytes(CreateFast.LENGTH));
  }

  @Override
  public CellCommand command() {
    return CellCommand.CREATED_FAST;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(y).bytes(derivativeKeyData);
  }
}
