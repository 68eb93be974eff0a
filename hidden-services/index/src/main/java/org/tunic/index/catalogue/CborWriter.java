package org.tunic.index.catalogue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;

/**
 * Writes CBOR in its deterministic form: the shortest heads, definite lengths. Only what the
 * catalogue needs.
 *
 * <p>Spec: RFC 8949 section 4.2.1. Threads: one.
 */
final class CborWriter {
  private static final int UNSIGNED = 0;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int NULL = 0xf6;

  private static final int IN_HEAD = 24;
  private static final int ONE_BYTE = 24;
  private static final int TWO_BYTES = 25;
  private static final int FOUR_BYTES = 26;
  private static final int EIGHT_BYTES = 27;

  private final ByteWriter out = new ByteWriter();

  private void head(int major, long value) {
    int type = major << 5;
    if (value < IN_HEAD) {
      out.u8(type | (int) value);
    } else if (value <= 0xff) {
      out.u8(type | ONE_BYTE).u8((int) value);
    } else if (value <= 0xffff) {
      out.u8(type | TWO_BYTES).u16((int) value);
    } else if (value <= 0xffff_ffffL) {
      out.u8(type | FOUR_BYTES).u32(value);
    } else {
      out.u8(type | EIGHT_BYTES).u64(value);
    }
  }

  /**
   * @param value 0 or more
   */
  CborWriter unsigned(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative");
    }
    head(UNSIGNED, value);
    return this;
  }

  CborWriter array(int items) {
    head(ARRAY, items);
    return this;
  }

  CborWriter bytes(Bytes value) {
    head(BYTES, value.length());
    out.bytes(value);
    return this;
  }

  /** The bytes, or null. */
  CborWriter bytes(Optional<Bytes> value) {
    if (value.isPresent()) {
      return bytes(value.get());
    }
    out.u8(NULL);
    return this;
  }

  CborWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length);
    out.bytes(utf8);
    return this;
  }

  Bytes toBytes() {
    return out.toBytes();
  }
}
