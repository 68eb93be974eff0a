package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;

/**
 * The circuit-level flow control of one hop at work.
 *
 * <p>Only DATA messages count. The sender remembers the tag of each DATA cell that completes an
 * increment; the SENDME that answers it must name it.
 *
 * <p>Spec: tor-spec/flow-control#circuit-level. Threads: event loop of the circuit.
 */
sealed interface CircuitFlow permits CircuitWindows, CongestionWindow {
  static CircuitFlow of(FlowControl choice) {
    return switch (choice) {
      case FlowControl.FixedWindows(int windowCells) -> new CircuitWindows(windowCells);
      case FlowControl.CongestionControl(
              int increment,
              org.tunic.router.congestion.FlowParameters parameters,
              org.tunic.router.congestion.FlowCounters counters) ->
          new CongestionWindow(increment, parameters.vegas(), counters);
    };
  }

  /** DATA cells that one SENDME acknowledges. */
  int incrementCells();

  /** Whether one more DATA cell may go. */
  boolean maySend();

  /** Counts a DATA cell that was just sent, and keeps its tag when a SENDME will answer it. */
  void dataSent(HopSender sender);

  /**
   * Counts a DATA cell that arrived.
   *
   * @return true when a SENDME for exactly this cell is due
   * @throws CircuitViolation when the peer sent more than its window
   */
  boolean dataReceived() throws CircuitViolation;

  /**
   * Takes a SENDME.
   *
   * @param version 0 or 1
   * @param cell where the SENDME lies; the tag of a version 1 SENDME is the 20 bytes at {@code
   *     tagOffset}
   * @param nanoTime now
   * @param blocked whether the circuit's queue of cells is above its mark
   * @throws CircuitViolation when no SENDME can be due or the tag names another cell
   */
  void sendme(int version, byte[] cell, int tagOffset, long nanoTime, boolean blocked)
      throws CircuitViolation;

  /** The longest round trip measured, in nanoseconds; 0 where none is. */
  long maxRoundTripNanos();

  /** The circuit is gone. */
  void closed();
}
