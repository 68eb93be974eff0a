package org.tunic.ledger.primitive;

import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;

/**
 * Writes little-endian fields and CompactSize lengths into an array that grows.
 *
 * <p>Values are written by their low bits.
 *
 * <p>Threads: one.
 */
public final class WireWriter {
  private byte[] array;
  private int at;

  /** A writer, 256 bytes large at first. */
  public WireWriter() {
    this(256);
  }

  /** A writer, {@code expectedLength} bytes large at first. */
  public WireWriter(int expectedLength) {
    this.array = new byte[expectedLength];
  }

  /** Length in bytes of the CompactSize of {@code value}: 1, 3, 5 or 9. */
  public static int compactSizeLength(long value) {
    if (value < 0) {
      return 9;
    }
    return value < 0xfd ? 1 : value <= 0xffff ? 3 : value <= 0xffff_ffffL ? 5 : 9;
  }

  /** Appends one byte. */
  public WireWriter u8(int value) {
    int to = reserve(1);
    array[to] = (byte) value;
    return this;
  }

  /** Appends two bytes. */
  public WireWriter u16(int value) {
    int to = reserve(2);
    array[to] = (byte) value;
    array[to + 1] = (byte) (value >>> 8);
    return this;
  }

  /** Appends the low four bytes of {@code value}. */
  public WireWriter u32(long value) {
    int to = reserve(4);
    for (int i = 0; i < 4; i++) {
      array[to + i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** Appends eight bytes. */
  public WireWriter i64(long value) {
    int to = reserve(8);
    for (int i = 0; i < 8; i++) {
      array[to + i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** Appends a CompactSize in its shortest form; {@code value} is unsigned. */
  public WireWriter compactSize(long value) {
    return switch (compactSizeLength(value)) {
      case 1 -> u8((int) value);
      case 3 -> u8(0xfd).u16((int) value);
      case 5 -> u8(0xfe).u32(value);
      default -> u8(0xff).i64(value);
    };
  }

  /** Appends all of {@code source}. */
  public WireWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  /** Appends {@code length} bytes of {@code source} from {@code offset}. */
  public WireWriter bytes(byte[] source, int offset, int length) {
    int to = reserve(length);
    System.arraycopy(source, offset, array, to, length);
    return this;
  }

  /** Appends all of {@code source}. */
  public WireWriter bytes(Bytes source) {
    int to = reserve(source.length());
    source.copyTo(array, to);
    return this;
  }

  /** Appends the length of {@code source} as a CompactSize, then all of it. */
  public WireWriter string(Bytes source) {
    return compactSize(source.length()).bytes(source);
  }

  /** Appends the length of {@code source} as a CompactSize, then all of it. */
  public WireWriter string(byte[] source) {
    return compactSize(source.length).bytes(source);
  }

  /** Appends 32 bytes. */
  public WireWriter hash(Hash256 hash) {
    int to = reserve(Hash256.LENGTH);
    hash.copyTo(array, to);
    return this;
  }

  /** Bytes written so far. */
  public int length() {
    return at;
  }

  /** A fresh copy of what was written. */
  public byte[] toArray() {
    return Arrays.copyOf(array, at);
  }

  /** What was written, as a value. */
  public Bytes toBytes() {
    return Bytes.copyOf(array, 0, at);
  }

  /** SHA-256 of what was written. */
  public byte[] sha256() {
    return Hash256.sha256(array, 0, at);
  }

  /** Double SHA-256 of what was written. */
  public Hash256 sha256d() {
    return Hash256.sha256d(array, 0, at);
  }

  private int reserve(int length) {
    if (length > array.length - at) {
      int wanted = Math.addExact(at, length);
      array = Arrays.copyOf(array, Math.max(wanted, (int) Math.min(2L * array.length, 1 << 30)));
    }
    int to = at;
    at += length;
    return to;
  }
}
