package org.tunic.tracker.swarm;

/**
 * What a peer calls itself in one torrent, 20 bytes. Together with the info hash it is the identity
 * of a peer: at a tracker behind an onion address all come from nowhere.
 *
 * <p>Spec: BEP 3, BEP 20. Threads: immutable.
 */
public record PeerId(long high, long middle, int low) {
  /** Bytes. */
  public static final int LENGTH = 20;

  /** The 20 bytes from {@code offset}. */
  public static PeerId at(byte[] bytes, int offset) {
    return new PeerId(
        (long) InfoHash.U64.get(bytes, offset),
        (long) InfoHash.U64.get(bytes, offset + 8),
        (int) InfoHash.U32.get(bytes, offset + 16));
  }

  /** Whether the 20 bytes from {@code offset} are these. */
  boolean isAt(byte[] bytes, int offset) {
    return (long) InfoHash.U64.get(bytes, offset) == high
        && (long) InfoHash.U64.get(bytes, offset + 8) == middle
        && (int) InfoHash.U32.get(bytes, offset + 16) == low;
  }

  /** Writes the 20 bytes. */
  public void copyTo(byte[] target, int offset) {
    InfoHash.U64.set(target, offset, high);
    InfoHash.U64.set(target, offset + 8, middle);
    InfoHash.U32.set(target, offset + 16, low);
  }

  /** Nothing that identifies the peer. */
  @Override
  public String toString() {
    return "[peer id]";
  }
}
