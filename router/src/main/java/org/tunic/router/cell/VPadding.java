package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;

/**
 * VPADDING: a variable-length cell that means nothing; the body is zeros when written and dropped
 * when read. AUTHORIZE, reserved and never used, is read as one.
 *
 * <p>Spec: tor-spec/flow-control#link-padding
 *
 * <p>Threads: immutable.
 *
 * @param length bytes of the body, 0 to 65535
 */
public record VPadding(int length) implements ChannelMessage {
  static VPadding decode(ByteReader in) {
    return new VPadding(in.remaining());
  }

  @Override
  public CellCommand command() {
    return CellCommand.VPADDING;
  }

  @Override
  public void encode(ByteWriter out) {
    out.zeros(length);
  }
}
