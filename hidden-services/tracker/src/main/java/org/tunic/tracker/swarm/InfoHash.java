package org.tunic.tracker.swarm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The name of a torrent, 20 bytes: SHA-1 of its info dictionary, or the first 20 bytes of its
 * SHA-256. In three numbers, so that a million of them are small.
 *
 * <p>Spec: BEP 3, BEP 52. Threads: immutable.
 */
public record InfoHash(long high, long middle, int low) implements Comparable<InfoHash> {
  /** Bytes. */
  public static final int LENGTH = 20;

  static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** The 20 bytes from {@code offset}. */
  public static InfoHash at(byte[] bytes, int offset) {
    return new InfoHash(
        (long) U64.get(bytes, offset),
        (long) U64.get(bytes, offset + 8),
        (int) U32.get(bytes, offset + 16));
  }

  /** Writes the 20 bytes. */
  public void copyTo(byte[] target, int offset) {
    U64.set(target, offset, high);
    U64.set(target, offset + 8, middle);
    U32.set(target, offset + 16, low);
  }

  /** A fresh copy of the 20 bytes. */
  public byte[] toArray() {
    byte[] bytes = new byte[LENGTH];
    copyTo(bytes, 0);
    return bytes;
  }

  /** The order of the bytes. */
  @Override
  public int compareTo(InfoHash other) {
    int order = Long.compareUnsigned(high, other.high);
    if (order == 0) {
      order = Long.compareUnsigned(middle, other.middle);
    }
    return order == 0 ? Integer.compareUnsigned(low, other.low) : order;
  }

  /** Nothing that identifies the torrent. */
  @Override
  public String toString() {
    return "[info hash]";
  }
}
