package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;

/**
 * PADDING: a cell that means nothing; the body, 509 bytes, is zeros when written and dropped when
 * read.
 *
 * <p>Spec: tor-spec/flow-control#link-padding
 *
 * <p>Threads: immutable.
 */
public record Padding() implements ChannelMessage {
  static Padding decode(ByteReader in) {
    assert in.remaining() >= 0;
    return new Padding();
  }

  @Override
  public CellCommand command() {
    return CellCommand.PADDING;
  }

  @Override
  public void encode(ByteWriter out) {}
}
