package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * SENDME: the window may open. Empty (version 0), or {@code version:u8 length:u16 tag}.
 *
 * <p>Spec: tor-spec/flow-control#sendme-cell-format
 *
 * <p>Threads: immutable.
 *
 * @param version 0, or 1 with a tag
 * @param tag in version 1 the digest of the cell that is acknowledged, 20 bytes (16 on CGO hops)
 */
public record Sendme(int version, Bytes tag) implements RelayMessage {
  /** A stream's SENDME, and a circuit's of version 0. */
  public static final Sendme UNAUTHENTICATED = new Sendme(0, Bytes.EMPTY);

  /** A circuit's SENDME of version 1. */
  public static Sendme authenticated(Bytes tag) {
    return new Sendme(1, tag);
  }

  /** Reads a body; an unknown version keeps its data as the tag. */
  public static Sendme decode(ByteReader in) throws MalformedException {
    if (in.remaining() == 0) {
      return UNAUTHENTICATED;
    }
    int version = in.u8();
    if (version == 0) {
      return UNAUTHENTICATED;
    }
    return new Sendme(version, in.bytes(in.u16()));
  }

  @Override
  public int command() {
    return RelayCommand.SENDME;
  }

  @Override
  public void encode(ByteWriter out) {
    if (version != 0) {
      out.u8(version).u16(tag.length()).bytes(tag);
    }
  }
}
