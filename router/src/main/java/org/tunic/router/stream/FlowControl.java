package org.tunic.router.stream;

import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;

/**
 * How one hop keeps the sender from sending too much: what its handshake agreed on.
 *
 * <p>Spec: tor-spec/flow-control, proposals/324
 *
 * <p>Threads: immutable.
 */
public sealed interface FlowControl {
  /**
   * Fixed windows for the circuit and for each stream, opened by SENDMEs.
   *
   * @param windowCells the circuit window, 100–1000 ({@code circwindow})
   */
  record FixedWindows(int windowCells) implements FlowControl {}

  /**
   * A congestion window for the circuit; its streams are held by XOFF and XON.
   *
   * @param incrementCells DATA cells for each SENDME, 1–255, as the relay said
   * @param parameters what the consensus says
   * @param counters told what happens
   */
  record CongestionControl(int incrementCells, FlowParameters parameters, FlowCounters counters)
      implements FlowControl {}
}
