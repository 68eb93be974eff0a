package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;

/**
 * Circuit-level flow control of one hop by fixed windows, with authenticated SENDMEs.
 *
 * <p>Only DATA messages count. The sender remembers the tag of every hundredth DATA cell; the
 * SENDME that opens its window again must name it. Both counts begin at {@code circwindow} cells.
 *
 * <p>Spec: tor-spec/flow-control#circuit-level. Threads: event loop of the circuit.
 */
final class CircuitWindows {
  /** Cells: what either side may have in flight when the consensus says nothing else. */
  static final int START_CELLS = 1000;

  /** Cells acknowledged by one SENDME. */
  static final int INCREMENT_CELLS = 100;

  static final int TAG_BYTES = 20;

  private static final int MAX_TAGS = START_CELLS / INCREMENT_CELLS;

  private final int startCells;
  private int packageCells;
  private int deliverCells = START_CELLS;
  private int sentInIncrement;

  /** A ring of the tags that the next SENDMEs must carry, oldest at {@code firstTag}. */
  private final byte[] tags = new byte[MAX_TAGS * TAG_BYTES];

  private int firstTag;
  private int tagCount;

  /**
   * @param startCells initial package window, 100–1000 (consensus parameter {@code circwindow})
   */
  CircuitWindows(int startCells) {
    this.startCells = startCells;
    this.packageCells = startCells;
  }

  boolean maySend() {
    return packageCells > 0;
  }

  /** Counts a DATA cell that was just sent, and keeps its tag when a SENDME will answer it. */
  void dataSent(HopSender sender) {
    packageCells--;
    if (++sentInIncrement == INCREMENT_CELLS) {
      sentInIncrement = 0;
      sender.copySentTag(tags, (firstTag + tagCount) % MAX_TAGS * TAG_BYTES);
      tagCount++;
    }
  }

  /**
   * Counts a DATA cell that arrived.
   *
   * @return true when a SENDME for exactly this cell is due
   * @throws CircuitViolation when the peer sent more than its window
   */
  boolean dataReceived() throws CircuitViolation {
    if (--deliverCells < 0) {
      throw new CircuitViolation("DATA beyond the circuit window", DestroyReason.PROTOCOL);
    }
    if (deliverCells > START_CELLS - INCREMENT_CELLS) {
      return false;
    }
    deliverCells += INCREMENT_CELLS;
    return true;
  }

  /**
   * Opens the package window.
   *
   * @param version 0 or 1
   * @param cell where the SENDME lies; the tag of a version 1 SENDME is the 20 bytes at {@code
   *     tagOffset}
   * @throws CircuitViolation when no SENDME can be due or the tag names another cell
   */
  void sendme(int version, byte[] cell, int tagOffset) throws CircuitViolation {
    if (tagCount == 0) {
      throw new CircuitViolation("SENDME that no DATA asked for", DestroyReason.PROTOCOL);
    }
    int at = firstTag * TAG_BYTES;
    firstTag = (firstTag + 1) % MAX_TAGS;
    tagCount--;
    if (version == 1 && !sameTag(cell, tagOffset, at)) {
      throw new CircuitViolation("SENDME with a wrong tag", DestroyReason.PROTOCOL);
    }
    packageCells = Math.min(startCells, packageCells + INCREMENT_CELLS);
  }

  private boolean sameTag(byte[] cell, int tagOffset, int at) {
    int difference = 0;
    for (int i = 0; i < TAG_BYTES; i++) {
      difference |= cell[tagOffset + i] ^ tags[at + i];
    }
    return difference == 0;
  }
}
