package org.tunic.router.cell;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The header of a relay cell where it lies, in message format v0: {@code command:u8 recognized:u16
 * streamId:u16 digest:u32 length:u16 data:498}.
 *
 * <p>A reused flyweight over the 509 bytes of a body; it points into an array that it does not own
 * and is valid until the next {@link #wrap}.
 *
 * <p>Spec: tor-spec/relay-cells
 *
 * <p>Threads: event loop of the circuit half that owns it.
 */
public final class RelayHeader {
  /** Offset of the command. */
  public static final int COMMAND = 0;

  /** Offset of the two bytes that are zero when the cell is for this hop. */
  public static final int RECOGNIZED = 1;

  /** Offset of the stream id. */
  public static final int STREAM_ID = 3;

  /** Offset of the four bytes of running digest. */
  public static final int DIGEST = 5;

  /** Offset of the number of data bytes. */
  public static final int LENGTH = 9;

  /** Offset of the data: bytes of the header. */
  public static final int DATA = 11;

  /** Most data bytes in one message. */
  public static final int MAX_DATA = CellCommand.CELL_BODY_LEN - DATA;

  /** Zero bytes between the message and its random filling. */
  private static final int ZEROS_AFTER_DATA = 4;

  private static final VarHandle U16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] cell = new byte[0];
  private int at;

  /** Points at the 509 bytes of {@code cell} from {@code bodyOffset}. */
  public RelayHeader wrap(byte[] cell, int bodyOffset) {
    assert cell.length - bodyOffset >= CellCommand.CELL_BODY_LEN;
    this.cell = cell;
    this.at = bodyOffset;
    return this;
  }

  /** The relay command, 0 to 255. */
  public int command() {
    return cell[at + COMMAND] & 0xff;
  }

  /** Zero in every cell for this hop. */
  public int recognized() {
    return Short.toUnsignedInt((short) U16.get(cell, at + RECOGNIZED));
  }

  /** The stream id, 0 to 65535; zero for messages of the circuit. */
  public int streamId() {
    return Short.toUnsignedInt((short) U16.get(cell, at + STREAM_ID));
  }

  /** The digest as bits. */
  public int digest() {
    return (int) U32.get(cell, at + DIGEST);
  }

  /** The length field as the peer wrote it, 0 to 65535. */
  public int length() {
    return Short.toUnsignedInt((short) U16.get(cell, at + LENGTH));
  }

  /** The array under this header. */
  public byte[] array() {
    return cell;
  }

  /** Where the data begins in {@link #array()}. */
  public int dataOffset() {
    return at + DATA;
  }

  /**
   * Refuses a length that the cell cannot hold; call before any use of {@link #length()}.
   *
   * @throws CircuitViolation if the length field exceeds {@link #MAX_DATA}
   */
  public RelayHeader checkLength() throws CircuitViolation {
    if (length() > MAX_DATA) {
      throw new CircuitViolation("relay message longer than its cell");
    }
    return this;
  }

  /**
   * Writes header and data of an outgoing message, with recognized and digest zero, then the
   * filling.
   *
   * @param data may be the wrapped array itself if the data lies at {@link #dataOffset()} already
   * @param length 0 to {@link #MAX_DATA}
   * @param filler fills what the message leaves free, as padding that is not guessable
   */
  @SuppressWarnings("ReferenceEquality") // the same array means the message already lies in place
  public RelayHeader write(
      int command, int streamId, byte[] data, int offset, int length, RandomGenerator filler) {
    assert length >= 0 && length <= MAX_DATA;
    cell[at + COMMAND] = (byte) command;
    U16.set(cell, at + RECOGNIZED, (short) 0);
    U16.set(cell, at + STREAM_ID, (short) streamId);
    U32.set(cell, at + DIGEST, 0);
    U16.set(cell, at + LENGTH, (short) length);
    if (data != cell || offset != at + DATA) {
      System.arraycopy(data, offset, cell, at + DATA, length);
    }
    fill(at + DATA + length, at + CellCommand.CELL_BODY_LEN, filler);
    return this;
  }

  private void fill(int from, int to, RandomGenerator filler) {
    int random = Math.min(from + ZEROS_AFTER_DATA, to);
    Arrays.fill(cell, from, random, (byte) 0);
    for (; random + Long.BYTES <= to; random += Long.BYTES) {
      U64.set(cell, random, filler.nextLong());
    }
    if (random < to) {
      for (long bits = filler.nextLong(); random < to; bits >>>= 8) {
        cell[random++] = (byte) bits;
      }
    }
  }
}
