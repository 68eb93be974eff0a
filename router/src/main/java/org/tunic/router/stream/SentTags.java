package org.tunic.router.stream;

import java.util.Arrays;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;

/**
 * The tags that the next SENDMEs must carry, oldest first, each with the time at which its cell was
 * sent. A ring that doubles when it is full: as many stand in it as a window has increments.
 *
 * <p>Threads: event loop of the circuit.
 */
final class SentTags {
  static final int TAG_BYTES = 20;

  private byte[] tags;
  private long[] sentNanos;
  private int first;
  private int count;

  SentTags(int capacity) {
    tags = new byte[capacity * TAG_BYTES];
    sentNanos = new long[capacity];
  }

  /** Remembers the cell that was sent last. */
  void add(HopSender sender, long nanoTime) {
    if (count == sentNanos.length) {
      grow();
    }
    int at = (first + count) % sentNanos.length;
    sender.copySentTag(tags, at * TAG_BYTES);
    sentNanos[at] = nanoTime;
    count++;
  }

  /**
   * Takes the oldest one off.
   *
   * @param version 0, whose SENDME has no tag, or 1
   * @return when its cell was sent
   * @throws CircuitViolation when there is none, or the tag differs
   */
  long take(int version, byte[] cell, int tagOffset) throws CircuitViolation {
    if (count == 0) {
      throw new CircuitViolation("SENDME that no DATA asked for", DestroyReason.PROTOCOL);
    }
    int at = first;
    first = (first + 1) % sentNanos.length;
    count--;
    if (version == 1 && !same(cell, tagOffset, at * TAG_BYTES)) {
      throw new CircuitViolation("SENDME with a wrong tag", DestroyReason.PROTOCOL);
    }
    return sentNanos[at];
  }

  private boolean same(byte[] cell, int tagOffset, int at) {
    int difference = 0;
    for (int i = 0; i < TAG_BYTES; i++) {
      difference |= cell[tagOffset + i] ^ tags[at + i];
    }
    return difference == 0;
  }

  private void grow() {
    int capacity = sentNanos.length;
    byte[] moreTags = new byte[2 * tags.length];
    long[] moreNanos = Arrays.copyOfRange(sentNanos, first, first + 2 * capacity);
    int untilEnd = capacity - first;
    System.arraycopy(tags, first * TAG_BYTES, moreTags, 0, untilEnd * TAG_BYTES);
    System.arraycopy(tags, 0, moreTags, untilEnd * TAG_BYTES, first * TAG_BYTES);
    System.arraycopy(sentNanos, 0, moreNanos, untilEnd, first);
    tags = moreTags;
    sentNanos = moreNanos;
    first = 0;
  }
}
