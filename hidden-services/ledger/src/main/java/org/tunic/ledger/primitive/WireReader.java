package org.tunic.ledger.primitive;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * Reads little-endian fields and CompactSize lengths from a region of an array, checking each
 * length before it allocates.
 *
 * <p>The array is not copied; it must not change while it is read.
 *
 * <p>Threads: one.
 */
public final class WireReader {
  private final ByteReader bytes;

  /** Reads all of {@code array}. */
  public WireReader(byte[] array) {
    this(array, 0, array.length);
  }

  /** Reads {@code length} bytes of {@code array} from {@code offset}. */
  public WireReader(byte[] array, int offset, int length) {
    this.bytes = new ByteReader(array, offset, length);
  }

  /** Bytes not yet read. */
  public int remaining() {
    return bytes.remaining();
  }

  /** One byte, 0 to 255. */
  public int u8() throws MalformedException {
    return bytes.u8();
  }

  /** Two bytes, 0 to 65535. */
  public int u16() throws MalformedException {
    return Short.toUnsignedInt(Short.reverseBytes((short) bytes.u16()));
  }

  /** Four bytes as the bits of an {@code int}. */
  public int i32() throws MalformedException {
    return Integer.reverseBytes((int) bytes.u32());
  }

  /** Four bytes, 0 to 2^32 - 1. */
  public long u32() throws MalformedException {
    return Integer.toUnsignedLong(i32());
  }

  /** Eight bytes as the bits of a {@code long}. */
  public long i64() throws MalformedException {
    return Long.reverseBytes(bytes.u64());
  }

  /**
   * A CompactSize: 1, 3, 5 or 9 bytes, in the shortest form.
   *
   * @return the bits of the number, 0 to 2^64 - 1
   * @throws MalformedException if a shorter form exists
   */
  public long compactSize() throws MalformedException {
    int first = u8();
    long value;
    long least;
    switch (first) {
      case 0xfd -> {
        value = u16();
        least = 0xfd;
      }
      case 0xfe -> {
        value = u32();
        least = 0x1_0000L;
      }
      case 0xff -> {
        value = i64();
        least = 0x1_0000_0000L;
      }
      default -> {
        return first;
      }
    }
    if (Long.compareUnsigned(value, least) < 0) {
      throw new MalformedException("CompactSize is not the shortest");
    }
    return value;
  }

  /**
   * A CompactSize that counts what follows, each at least {@code minimumBytes} long.
   *
   * @throws MalformedException if the bytes that are left cannot hold that many
   */
  public int count(int minimumBytes) throws MalformedException {
    long count = compactSize();
    if (count < 0 || count > remaining() / minimumBytes) {
      throw new MalformedException("count is larger than what is left");
    }
    return (int) count;
  }

  /** A string with its length in front. */
  public Bytes string() throws MalformedException {
    return bytes(count(1));
  }

  /** The next {@code length} bytes as a value. */
  public Bytes bytes(int length) throws MalformedException {
    return bytes.bytes(length);
  }

  /** The next {@code length} bytes in a fresh array. */
  public byte[] array(int length) throws MalformedException {
    return bytes.array(length);
  }

  /** The next 32 bytes. */
  public Hash256 hash() throws MalformedException {
    return new Hash256(bytes.array(Hash256.LENGTH));
  }

  /**
   * Says that the format ends here.
   *
   * @throws MalformedException if bytes are left over
   */
  public void expectEnd() throws MalformedException {
    bytes.expectEnd();
  }
}
