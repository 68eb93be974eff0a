package org.tunic.router.congestion;

import org.tunic.directory.view.ConsensusParameters;

/**
 * What a consensus says about flow control.
 *
 * <p>Spec: tor-spec/flow-control, proposals/324 section 6.5
 *
 * <p>Threads: immutable.
 *
 * @param windowCells {@code circwindow}: the fixed window of circuits without congestion control,
 *     100–1000 cells
 * @param congestionControl {@code cc_alg}: whether congestion control is asked for and granted
 * @param incrementCells {@code cc_sendme_inc}: DATA cells for each SENDME with congestion control,
 *     1–255
 * @param vegas the congestion window of circuits to an exit
 * @param onionVegas that of circuits between a client and an onion service
 * @param streams XON and XOFF
 */
public record FlowParameters(
    int windowCells,
    boolean congestionControl,
    int incrementCells,
    VegasParameters vegas,
    VegasParameters onionVegas,
    StreamParameters streams) {
  /** The {@code cc_alg} that stands for fixed windows; every other means Vegas by now. */
  private static final int FIXED_WINDOWS = 0;

  private static final int VEGAS = 2;

  /** Furthest that a peer's increment may be from the consensus', as in C tor. */
  private static final int INCREMENT_TOLERANCE = 1;

  /** What holds where the consensus says nothing. */
  public static final FlowParameters DEFAULT = of(ConsensusParameters.DEFAULTS);

  /** The parameters of a consensus. */
  public static FlowParameters of(ConsensusParameters params) {
    return new FlowParameters(
        params.get("circwindow", 1000, 100, 1000),
        params.get("cc_alg", VEGAS, FIXED_WINDOWS, VEGAS) != FIXED_WINDOWS,
        params.get("cc_sendme_inc", 31, 1, 255),
        VegasParameters.of(params),
        VegasParameters.ofOnionService(params),
        StreamParameters.of(params));
  }

  /** The same with the congestion window of onion services. */
  public FlowParameters forOnionService() {
    return new FlowParameters(
        windowCells, congestionControl, incrementCells, onionVegas, onionVegas, streams);
  }

  /** Whether a relay may answer with this increment: 1–255 and at most one off. */
  public boolean acceptsIncrement(int cells) {
    return cells > 0 && Math.abs(cells - incrementCells) <= INCREMENT_TOLERANCE;
  }
}
