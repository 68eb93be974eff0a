package org.tunic.crypto.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads big-endian fields from a region of an array, checking every length before it allocates.
 *
 * <p>The array is not copied; it must not change while it is read.
 *
 * <p>Threads: one.
 */
public final class ByteReader {
  private static final VarHandle U16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] array;
  private final int end;
  private int at;

  /** Reads all of {@code array}. */
  public ByteReader(byte[] array) {
    this(array, 0, array.length);
  }

  /** Reads {@code length} bytes of {@code array} from {@code offset}. */
  public ByteReader(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    this.array = array;
    this.at = offset;
    this.end = offset + length;
  }

  /** Bytes not yet read. */
  public int remaining() {
    return end - at;
  }

  /** One byte, 0 to 255. */
  public int u8() throws MalformedException {
    return array[advance(1)] & 0xff;
  }

  /** Two bytes, 0 to 65535. */
  public int u16() throws MalformedException {
    return Short.toUnsignedInt((short) U16.get(array, advance(2)));
  }

  /** Four bytes, 0 to 2^32 - 1. */
  public long u32() throws MalformedException {
    return Integer.toUnsignedLong((int) U32.get(array, advance(4)));
  }

  /** Eight bytes as the bits of a {@code long}. */
  public long u64() throws MalformedException {
    return (long) U64.get(array, advance(8));
  }

  /** The next {@code length} bytes in a fresh array. */
  public byte[] array(int length) throws MalformedException {
    int from = advance(length);
    return Arrays.copyOfRange(array, from, from + length);
  }

  /** The next {@code length} bytes as a value. */
  public Bytes bytes(int length) throws MalformedException {
    int from = advance(length);
    return Bytes.copyOf(array, from, length);
  }

  /** A reader of the next {@code length} bytes, which this one steps over. */
  public ByteReader slice(int length) throws MalformedException {
    int from = advance(length);
    return new ByteReader(array, from, length);
  }

  /** Steps over {@code length} bytes. */
  public void skip(int length) throws MalformedException {
    advance(length);
  }

  /**
   * Says that the format ends here.
   *
   * @throws MalformedException if bytes are left over
   */
  public void expectEnd() throws MalformedException {
    if (at != end) {
      throw new MalformedException("bytes left over");
    }
  }

  private int advance(int length) throws MalformedException {
    if (length < 0 || length > end - at) {
      throw new MalformedException("too few bytes");
    }
    int from = at;
    at += length;
    return from;
  }
}
