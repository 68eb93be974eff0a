package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CREATE_FAST: the initiator's half of the handshake that relies on TLS alone. {@code X:20}
 *
 * <p>Spec: tor-spec/create-created-cells#create_fast
 *
 * <p>Threads: immutable.
 *
 * @param x random key material, 20 bytes
 */
public record CreateFast(Bytes x) implements ChannelMessage {
  /** Bytes of key material. */
  public static final int LENGTH = 20;

  static CreateFast decode(ByteReader in) throws MalformedException {
    return new CreateFast(in.bytes(LENGTH));
  }

  @Override
  public CellCommand command() {
    return CellCommand.CREATE_FAST;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(x);
  }
}
