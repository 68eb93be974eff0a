package org.tunic.ledger.store;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * What the index keeps of a block. Layout: version of the layout, header, height:u32, state, file
 * position.
 *
 * <p>Threads: immutable.
 */
record IndexRecord(BlockHeader header, int height, HeaderEntry.State state, FilePosition position) {
  private static final int LAYOUT = 1;

  byte[] toArray() {
    WireWriter out = new WireWriter(100);
    out.u8(LAYOUT);
    header.encode(out);
    out.u32(height).u8(code(state));
    position.encode(out);
    return out.toArray();
  }

  static IndexRecord ofArray(byte[] bytes) throws MalformedException {
    WireReader in = new WireReader(bytes);
    if (in.u8() != LAYOUT) {
      throw new MalformedException("layout of the index");
    }
    IndexRecord read =
        new IndexRecord(BlockHeader.decode(in), in.i32(), state(in.u8()), FilePosition.decode(in));
    in.expectEnd();
    return read;
  }

  private static int code(HeaderEntry.State state) {
    return switch (state) {
      case HEADER -> 0;
      case STORED -> 1;
      case VALID -> 2;
      case INVALID -> 3;
    };
  }

  private static HeaderEntry.State state(int code) throws MalformedException {
    return switch (code) {
      case 0 -> HeaderEntry.State.HEADER;
      case 1 -> HeaderEntry.State.STORED;
      case 2 -> HeaderEntry.State.VALID;
      case 3 -> HeaderEntry.State.INVALID;
      default -> throw new MalformedException("state of a block");
    };
  }
}
