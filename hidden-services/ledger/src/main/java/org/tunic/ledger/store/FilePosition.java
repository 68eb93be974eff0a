package org.tunic.ledger.store;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Where a block lies.
 *
 * <p>Threads: immutable.
 *
 * @param file number of the file
 * @param offset of the block itself, behind magic and length
 * @param length of the block in bytes; 0 for a block that is not stored
 */
public record FilePosition(int file, int offset, int length) {
  /** Of a block that is not stored. */
  static final FilePosition NONE = new FilePosition(0, 0, 0);

  boolean isNone() {
    return length == 0;
  }

  int end() {
    return offset + length;
  }

  void encode(WireWriter out) {
    out.u32(file).u32(offset).u32(length);
  }

  static FilePosition decode(WireReader in) throws MalformedException {
    int file = in.i32();
    int offset = in.i32();
    int length = in.i32();
    if (file < 0 || offset < 0 || length < 0) {
      throw new MalformedException("position of a block");
    }
    return new FilePosition(file, offset, length);
  }
}
