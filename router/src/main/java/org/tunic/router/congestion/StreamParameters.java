package org.tunic.router.congestion;

import org.tunic.directory.view.ConsensusParameters;

/**
 * When XOFF and XON are sent on circuits with congestion control.
 *
 * <p>Spec: proposals/324 section 6.5.4
 *
 * <p>Threads: immutable.
 *
 * @param xoffClientBytes {@code cc_xoff_client}: bytes that may wait for a client's application
 * @param xoffExitBytes {@code cc_xoff_exit}: bytes that may wait for an exit's destination
 * @param xonRateBytes {@code cc_xon_rate}: bytes over which a rate is measured
 * @param xonChangePercent {@code cc_xon_change_pct}: change of the rate that is worth an XON
 * @param xonEwmaCount {@code cc_xon_ewma_cnt}: rates that are averaged
 */
public record StreamParameters(
    int xoffClientBytes,
    int xoffExitBytes,
    int xonRateBytes,
    int xonChangePercent,
    int xonEwmaCount) {
  /** Bytes of DATA that the smallest message format carries: what XOFF limits are counted in. */
  private static final int XOFF_UNIT_BYTES = 488;

  private static final int XON_UNIT_BYTES = 498;

  /** What holds where the consensus says nothing. */
  public static final StreamParameters DEFAULT = of(ConsensusParameters.DEFAULTS);

  /** The parameters of a consensus. */
  public static StreamParameters of(ConsensusParameters params) {
    return new StreamParameters(
        params.get("cc_xoff_client", 500, 1, 10_000) * XOFF_UNIT_BYTES,
        params.get("cc_xoff_exit", 500, 1, 10_000) * XOFF_UNIT_BYTES,
        params.get("cc_xon_rate", 500, 1, 5000) * XON_UNIT_BYTES,
        params.get("cc_xon_change_pct", 25, 1, 99),
        params.get("cc_xon_ewma_cnt", 2, 2, 100));
  }
}
