package org.tunic.router.limits;

import java.time.Duration;
import java.util.OptionalDouble;
import org.tunic.directory.view.ConsensusParameters;

/**
 * How many cells a circuit may have waiting for a channel, and how fast it is forgotten how much a
 * circuit has sent.
 *
 * <p>Threads: immutable.
 *
 * @param maxCells cells of a circuit towards its origin; {@code circ_max_cell_queue_size}
 * @param maxCellsOut cells of a circuit away from its origin; {@code circ_max_cell_queue_size_out}
 * @param tick how long a cell counts as sent now
 * @param keptPerTick what is left of a cell's weight after a tick, between 0 and 1
 */
public record QueueRules(int maxCells, int maxCellsOut, Duration tick, double keptPerTick) {
  /** C tor's default of {@code circ_max_cell_queue_size}. */
  public static final int DEFAULT_MAX_CELLS = 2500;

  private static final int FEWEST_CELLS = 50;
  private static final int DEFAULT_TICK_SECONDS = 10;
  private static final int MAX_TICK_SECONDS = 600;
  private static final int DEFAULT_HALF_LIFE_MILLIS = 30_000;

  /** A half-life below this number of seconds is none. */
  public static final double LEAST_HALF_LIFE_SECONDS = 0.00001;

  /** Keeps the weights of cells finite when the half-life is a small part of a tick. */
  private static final double LEAST_KEPT = 1e-100;

  /** What holds without a consensus and without options. */
  public static final QueueRules DEFAULT = of(ConsensusParameters.DEFAULTS, OptionalDouble.empty());

  /**
   * The rules of a consensus.
   *
   * @param halfLife CircuitPriorityHalflife of the torrc in seconds; empty: as the consensus says
   */
  public static QueueRules of(ConsensusParameters params, OptionalDouble halfLife) {
    int cells =
        params.get("circ_max_cell_queue_size", DEFAULT_MAX_CELLS, FEWEST_CELLS, Integer.MAX_VALUE);
    int cellsOut =
        params.get("circ_max_cell_queue_size_out", cells, FEWEST_CELLS, Integer.MAX_VALUE);
    int tick = params.get("CircuitPriorityTickSecs", DEFAULT_TICK_SECONDS, 1, MAX_TICK_SECONDS);
    double seconds =
        halfLife.orElseGet(
            () ->
                params.get(
                        "CircuitPriorityHalflifeMsec",
                        DEFAULT_HALF_LIFE_MILLIS,
                        1,
                        Integer.MAX_VALUE)
                    / 1000.0);
    if (seconds < LEAST_HALF_LIFE_SECONDS) {
      seconds = DEFAULT_HALF_LIFE_MILLIS / 1000.0;
    }
    return new QueueRules(
        cells,
        cellsOut,
        Duration.ofSeconds(tick),
        Math.max(LEAST_KEPT, Math.pow(0.5, tick / seconds)));
  }

  /** The default rules with another bound both ways. */
  public static QueueRules bounded(int cells) {
    return new QueueRules(cells, cells, DEFAULT.tick, DEFAULT.keptPerTick);
  }
}
