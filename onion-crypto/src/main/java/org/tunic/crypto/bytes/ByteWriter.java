package org.tunic.crypto.bytes;

import java.util.Arrays;
import java.util.Objects;

/**
 * Writes big-endian fields, into an array of its own that grows or into a fixed region of another.
 *
 * <p>Values are written by their low bits; a value out of range is an assertion failure. Writing
 * past the end of a fixed region throws {@link IndexOutOfBoundsException}: the caller computed the
 * size.
 *
 * <p>Threads: one.
 */
public final class ByteWriter {
  private final boolean growable;
  private final int start;
  private byte[] array;
  private int limit;
  private int at;

  /** A writer that grows, 64 bytes large at first. */
  public ByteWriter() {
    this(64);
  }

  /** A writer that grows, {@code expectedLength} bytes large at first. */
  public ByteWriter(int expectedLength) {
    this.growable = true;
    this.start = 0;
    this.array = new byte[expectedLength];
    this.limit = expectedLength;
  }

  private ByteWriter(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    this.growable = false;
    this.start = offset;
    this.array = target;
    this.at = offset;
    this.limit = offset + length;
  }

  /** A writer into {@code length} bytes of {@code target} from {@code offset}. */
  public static ByteWriter into(byte[] target, int offset, int length) {
    return new ByteWriter(target, offset, length);
  }

  /** Appends one byte. */
  public ByteWriter u8(int value) {
    assert value >= 0 && value <= 0xff;
    int to = reserve(1); // before the array is looked at: it may be another one afterwards
    array[to] = (byte) value;
    return this;
  }

  /** Appends two bytes. */
  public ByteWriter u16(int value) {
    assert value >= 0 && value <= 0xffff;
    int to = reserve(2);
    array[to] = (byte) (value >>> 8);
    array[to + 1] = (byte) value;
    return this;
  }

  /** Appends four bytes. */
  public ByteWriter u32(long value) {
    assert value >= 0 && value <= 0xffff_ffffL;
    int to = reserve(4);
    for (int i = 3; i >= 0; i--, value >>>= 8) {
      array[to + i] = (byte) value;
    }
    return this;
  }

  /** Appends eight bytes. */
  public ByteWriter u64(long value) {
    int to = reserve(8);
    for (int i = 7; i >= 0; i--, value >>>= 8) {
      array[to + i] = (byte) value;
    }
    return this;
  }

  /** Appends all of {@code source}. */
  public ByteWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  /** Appends {@code length} bytes of {@code source} from {@code offset}. */
  public ByteWriter bytes(byte[] source, int offset, int length) {
    int to = reserve(length);
    System.arraycopy(source, offset, array, to, length);
    return this;
  }

  /** Appends all of {@code source}. */
  public ByteWriter bytes(Bytes source) {
    return bytes(source.shared());
  }

  /** Appends {@code count} zero bytes. */
  public ByteWriter zeros(int count) {
    int to = reserve(count);
    Arrays.fill(array, to, to + count, (byte) 0);
    return this;
  }

  /**
   * Overwrites the two bytes at {@code index} (from the first byte written): a length known late.
   */
  public ByteWriter setU16(int index, int value) {
    assert value >= 0 && value <= 0xffff;
    Objects.checkFromIndexSize(index, 2, length());
    array[start + index] = (byte) (value >>> 8);
    array[start + index + 1] = (byte) value;
    return this;
  }

  /** Bytes written so far. */
  public int length() {
    return at - start;
  }

  /** A fresh copy of what was written. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, start, at);
  }

  /** What was written, as a value. */
  public Bytes toBytes() {
    return Bytes.copyOf(array, start, at - start);
  }

  private int reserve(int length) {
    if (length < 0 || length > limit - at) {
      if (!growable || length < 0) {
        throw new IndexOutOfBoundsException("no room for " + length + " bytes");
      }
      int wanted = Math.addExact(at, length);
      array = Arrays.copyOf(array, Math.max(wanted, (int) Math.min(2L * limit, 1 << 30)));
      limit = array.length;
    }
    int to = at;
    at += length;
    return to;
  }
}
