package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;

/**
 * A fixed window of 500 cells each way, opened by SENDMEs of 50. The SENDME goes out only for what
 * the application took, so a reader that stops holds back at most one window.
 *
 * <p>Spec: tor-spec/flow-control#stream-level. Threads: event loop of the circuit.
 */
final class StreamWindow implements StreamFlow {
  /** Cells: the window of either direction. */
  static final int WINDOW_CELLS = 500;

  /** Cells acknowledged by one SENDME. */
  static final int INCREMENT_CELLS = 50;

  private final HopEndpoint hop;
  private final int streamId;
  private int packageCells = WINDOW_CELLS;
  private int deliverCells = WINDOW_CELLS;

  /** Cells that came and were not taken: never above {@link #WINDOW_CELLS}. */
  private int waitingCells;

  /** Cells taken and not yet acknowledged by a SENDME. */
  private int consumedCells;

  StreamWindow(HopEndpoint hop, int streamId) {
    this.hop = hop;
    this.streamId = streamId;
  }

  @Override
  public boolean maySend() {
    return packageCells > 0;
  }

  @Override
  public long retryNanos() {
    return 0;
  }

  @Override
  public void sent(int bytes) {
    packageCells--;
  }

  @Override
  public void received(int bytes) throws CircuitViolation {
    if (--deliverCells < 0) {
      throw new CircuitViolation("DATA beyond the stream window", DestroyReason.PROTOCOL);
    }
    waitingCells++;
  }

  @Override
  public boolean offersByTheBuffer() {
    return false;
  }

  @Override
  public void taken(int bytes) {
    consumedCells += waitingCells;
    waitingCells = 0;
    boolean due = consumedCells >= INCREMENT_CELLS;
    while (consumedCells >= INCREMENT_CELLS) {
      consumedCells -= INCREMENT_CELLS;
      deliverCells += INCREMENT_CELLS;
      hop.sendStreamSendme(streamId);
    }
    if (due) {
      hop.flush();
    }
  }

  @Override
  public void batchEnded() {}

  @Override
  public void onSendme() throws CircuitViolation {
    packageCells += INCREMENT_CELLS;
    if (packageCells > WINDOW_CELLS) {
      throw new CircuitViolation("SENDME beyond the stream window", DestroyReason.PROTOCOL);
    }
  }

  @Override
  public HalfClosed halfClosed() {
    return HalfClosed.cells(deliverCells, (WINDOW_CELLS - packageCells) / INCREMENT_CELLS);
  }

  /** As C tor, we do nothing about XOFF where there is no congestion control. */
  @Override
  public void onXoff() {}

  @Override
  public void onXon(long kbps) {}
}
