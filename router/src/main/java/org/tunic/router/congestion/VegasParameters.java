package org.tunic.router.congestion;

import org.tunic.directory.view.ConsensusParameters;

/**
 * The parameters of the Vegas congestion window on circuits of one kind. All in cells unless said
 * otherwise.
 *
 * <p>Defaults and limits are those of C tor 0.4.9.
 *
 * <p>Spec: proposals/324 section 6.5
 *
 * <p>Threads: immutable.
 *
 * @param initialCells {@code cc_cwnd_init}
 * @param minCells {@code cc_cwnd_min}
 * @param maxCells {@code cc_cwnd_max}
 * @param slowStartPercent {@code cc_cwnd_inc_pct_ss}: growth for each SENDME of slow start, in
 *     percent of the cells it acknowledges
 * @param stepCells {@code cc_cwnd_inc}: growth or loss in steady state
 * @param stepsPerWindow {@code cc_cwnd_inc_rate}: SENDMEs between two such steps, in windows of the
 *     increment
 * @param ewmaWindowPercent {@code cc_ewma_cwnd_pct}: averaging length, in percent of the SENDMEs
 *     between steps
 * @param ewmaMax {@code cc_ewma_max}: the longest averaging, in SENDMEs
 * @param ewmaSlowStart {@code cc_ewma_ss}: the averaging in slow start, in SENDMEs
 * @param rttResetPercent {@code cc_rtt_reset_pct}: weight of the larger one when the minimal round
 *     trip is raised
 * @param alpha {@code cc_vegas_alpha_exit} or {@code _onion}: with a shorter queue than this the
 *     window grows
 * @param beta {@code cc_vegas_beta_exit} or {@code _onion}: with a longer one it shrinks
 * @param gamma {@code cc_vegas_gamma_exit} or {@code _onion}: a queue that ends slow start
 * @param delta {@code cc_vegas_delta_exit} or {@code _onion}: the longest queue that is borne
 * @param slowStartCapCells {@code cc_sscap_exit} or {@code _onion}: beyond it slow start slows down
 * @param slowStartMaxCells {@code cc_ss_max}: slow start ends at the latest here
 * @param fullGap {@code cc_cwnd_full_gap}: the window is full with this many increments to spare
 * @param fullMinPercent {@code cc_cwnd_full_minpct}: below it is full no more
 * @param fullPerWindow {@code cc_cwnd_full_per_cwnd}: whether that is judged anew once a window
 */
public record VegasParameters(
    int initialCells,
    int minCells,
    int maxCells,
    int slowStartPercent,
    int stepCells,
    int stepsPerWindow,
    int ewmaWindowPercent,
    int ewmaMax,
    int ewmaSlowStart,
    int rttResetPercent,
    int alpha,
    int beta,
    int gamma,
    int delta,
    int slowStartCapCells,
    int slowStartMaxCells,
    int fullGap,
    int fullMinPercent,
    boolean fullPerWindow) {
  private static final int MAX = Integer.MAX_VALUE;

  /** What a circuit is for, as far as the length of its queues goes. */
  private enum Kind {
    EXIT("exit", 186, 248, 186, 310, 600),
    ONION("onion", 186, 372, 248, 434, 475);

    private final String suffix;
    private final int alpha;
    private final int beta;
    private final int gamma;
    private final int delta;
    private final int slowStartCap;

    Kind(String suffix, int alpha, int beta, int gamma, int delta, int slowStartCap) {
      this.suffix = suffix;
      this.alpha = alpha;
      this.beta = beta;
      this.gamma = gamma;
      this.delta = delta;
      this.slowStartCap = slowStartCap;
    }
  }

  /** What holds to an exit where the consensus says nothing. */
  public static final VegasParameters DEFAULT = of(ConsensusParameters.DEFAULTS);

  /** The parameters of a consensus for circuits to an exit. */
  public static VegasParameters of(ConsensusParameters params) {
    return of(params, Kind.EXIT);
  }

  /** The parameters of a consensus for circuits between a client and an onion service. */
  public static VegasParameters ofOnionService(ConsensusParameters params) {
    return of(params, Kind.ONION);
  }

  private static VegasParameters of(ConsensusParameters params, Kind kind) {
    return new VegasParameters(
        params.get("cc_cwnd_init", 124, 31, 10_000),
        params.get("cc_cwnd_min", 124, 31, 1000),
        params.get("cc_cwnd_max", MAX, 500, MAX),
        params.get("cc_cwnd_inc_pct_ss", 100, 1, 500),
        params.get("cc_cwnd_inc", 1, 1, 1000),
        params.get("cc_cwnd_inc_rate", 31, 1, 250),
        params.get("cc_ewma_cwnd_pct", 50, 1, 255),
        params.get("cc_ewma_max", 10, 2, MAX),
        params.get("cc_ewma_ss", 2, 2, MAX),
        params.get("cc_rtt_reset_pct", 100, 0, 100),
        params.get("cc_vegas_alpha_" + kind.suffix, kind.alpha, 0, 1000),
        params.get("cc_vegas_beta_" + kind.suffix, kind.beta, 0, 1000),
        params.get("cc_vegas_gamma_" + kind.suffix, kind.gamma, 0, 1000),
        params.get("cc_vegas_delta_" + kind.suffix, kind.delta, 0, MAX),
        params.get("cc_sscap_" + kind.suffix, kind.slowStartCap, 100, MAX),
        params.get("cc_ss_max", 5000, 500, MAX),
        params.get("cc_cwnd_full_gap", 4, 0, Short.MAX_VALUE),
        params.get("cc_cwnd_full_minpct", 25, 0, 100),
        params.isSet("cc_cwnd_full_per_cwnd", true));
  }
}
