package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;

/**
 * Circuit-level flow control of one hop by fixed windows, with authenticated SENDMEs.
 *
 * <p>The sender remembers the tag of every hundredth DATA cell. Both counts begin at {@code
 * circwindow} cells.
 *
 * <p>Spec: tor-spec/flow-control#circuit-level. Threads: event loop of the circuit.
 */
final class CircuitWindows implements CircuitFlow {
  /** Cells: what either side may have in flight when the consensus says nothing else. */
  static final int START_CELLS = 1000;

  /** Cells acknowledged by one SENDME. */
  static final int INCREMENT_CELLS = 100;

  private final int startCells;
  private int packageCells;
  private int deliverCells = START_CELLS;
  private int sentInIncrement;
  private final SentTags tags = new SentTags(START_CELLS / INCREMENT_CELLS);

  /**
   * @param startCells initial package window, 100–1000 (consensus parameter {@code circwindow})
   */
  CircuitWindows(int startCells) {
    this.startCells = startCells;
    this.packageCells = startCells;
  }

  @Override
  public int incrementCells() {
    return INCREMENT_CELLS;
  }

  @Override
  public boolean maySend() {
    return packageCells > 0;
  }

  @Override
  public void dataSent(HopSender sender) {
    packageCells--;
    if (++sentInIncrement == INCREMENT_CELLS) {
      sentInIncrement = 0;
      tags.add(sender, 0);
    }
  }

  @Override
  public boolean dataReceived() throws CircuitViolation {
    if (--deliverCells < 0) {
      throw new CircuitViolation("DATA beyond the circuit window", DestroyReason.PROTOCOL);
    }
    if (deliverCells > START_CELLS - INCREMENT_CELLS) {
      return false;
    }
    deliverCells += INCREMENT_CELLS;
    return true;
  }

  /** Opens the package window. */
  @Override
  public void sendme(int version, byte[] cell, int tagOffset, long nanoTime, boolean blocked)
      throws CircuitViolation {
    tags.take(version, cell, tagOffset);
    packageCells = Math.min(startCells, packageCells + INCREMENT_CELLS);
  }

  @Override
  public long maxRoundTripNanos() {
    return 0;
  }

  @Override
  public void closed() {}
}
