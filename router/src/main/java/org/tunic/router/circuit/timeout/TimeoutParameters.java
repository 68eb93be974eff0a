package org.tunic.router.circuit.timeout;

import java.time.Duration;
import org.tunic.directory.view.ConsensusParameters;

/**
 * What the consensus and the configuration say about learning timeouts.
 *
 * <p>Spec: param-spec (cbt…), path-spec/learning-timeouts. Threads: immutable.
 *
 * @param learning {@code LearnCircuitBuildTimeout}, and not {@code cbtdisabled}
 * @param configuredMs {@code CircuitBuildTimeout} in milliseconds; 0 if it is left to us
 * @param recentCircuits {@code cbtrecentcount}: circuits whose timeouts tell that the network
 *     changed
 * @param maxTimeouts {@code cbtmaxtimeouts}: how many of those
 * @param modes {@code cbtnummodes}: most frequent bins whose average is the least time
 * @param minCircuits {@code cbtmincircs}: build times needed before a timeout is computed
 * @param quantile {@code cbtquantile}: part of all circuits to be waited for, 0 to 1
 * @param closeQuantile cbtclosequantile: part of all circuits to be measured, 0 to 1
 * @param testFrequency {@code cbttestfreq}: time between circuits built for learning
 * @param learnIdle {@code cbtlearntimeout}: how long circuits stay unused while learning
 * @param maxOpen {@code cbtmaxopencircs}: unused circuits beyond which none is built for learning
 * @param minMs {@code cbtmintimeout}, milliseconds
 * @param initialMs {@code cbtinitialtimeout}, milliseconds, at least {@code minMs}
 */
public record TimeoutParameters(
    boolean learning,
    int configuredMs,
    int recentCircuits,
    int maxTimeouts,
    int modes,
    int minCircuits,
    double quantile,
    double closeQuantile,
    Duration testFrequency,
    Duration learnIdle,
    int maxOpen,
    int minMs,
    int initialMs) {
  private static final int PERCENT = 100;
  private static final int MIN_PERCENT = 10;
  private static final int MAX_PERCENT = 99;
  private static final int DEFAULT_INITIAL_MS = 60_000;
  private static final int SECONDS_PER_MINUTE = 60;

  /** Most unused circuits of a client. */
  private static final int MAX_UNUSED = 14;

  /**
   * As a consensus and a configuration say.
   *
   * @param learn {@code LearnCircuitBuildTimeout}
   * @param configured {@code CircuitBuildTimeout}; zero to leave it to us
   */
  public static TimeoutParameters of(
      ConsensusParameters params, boolean learn, Duration configured) {
    int minMs =
        params.get("cbtmintimeout", BuildTimeouts.BIN_MS, BuildTimeouts.BIN_MS, Integer.MAX_VALUE);
    int quantile = params.get("cbtquantile", 80, MIN_PERCENT, MAX_PERCENT);
    int close = params.get("cbtclosequantile", MAX_PERCENT, MIN_PERCENT, MAX_PERCENT);
    return new TimeoutParameters(
        learn && !params.isSet("cbtdisabled", false),
        (int) Math.min(configured.toMillis(), Integer.MAX_VALUE),
        params.get("cbtrecentcount", 20, 3, 1000),
        params.get("cbtmaxtimeouts", 18, 3, 10_000),
        params.get("cbtnummodes", 10, 1, 20),
        params.get("cbtmincircs", 100, 1, 10_000),
        quantile / (double) PERCENT,
        Math.max(close, quantile) / (double) PERCENT,
        Duration.ofSeconds(params.get("cbttestfreq", 10, 1, Integer.MAX_VALUE)),
        Duration.ofSeconds(
            params.get("cbtlearntimeout", 3 * SECONDS_PER_MINUTE, 10, 1000 * SECONDS_PER_MINUTE)),
        params.get("cbtmaxopencircs", 10, 0, MAX_UNUSED),
        minMs,
        Math.max(
            minMs,
            params.get(
                "cbtinitialtimeout", DEFAULT_INITIAL_MS, BuildTimeouts.BIN_MS, Integer.MAX_VALUE)));
  }

  /** The timeout before one is computed, and for good if nothing is learned, in milliseconds. */
  int startMs() {
    if (configuredMs == 0) {
      return initialMs;
    }
    return learning ? Math.max(configuredMs, minMs) : configuredMs;
  }
}
