package org.tunic.router.circuit.padding;

import org.tunic.directory.view.ConsensusParameters;

/**
 * What the consensus says of padding on circuits.
 *
 * <p>Spec: padding-spec/circuit-level-padding, param-spec
 *
 * <p>Threads: immutable.
 *
 * @param disabled {@code circpad_padding_disabled}: nobody pads
 * @param reduced {@code circpad_padding_reduced}: only machines of low overhead, of which there is
 *     none
 * @param globalAllowedCells {@code circpad_global_allowed_cells}: padding cells of a node before
 *     the percentage counts
 * @param globalMaxPercent {@code circpad_global_max_padding_pct}: how much of all relay cells of a
 *     node may be padding; 0: any part
 * @param maxQueuedCells {@code circpad_max_circ_queued_cells}: a relay adds no padding to a circuit
 *     for which more cells wait
 */
public record CircuitPaddingParameters(
    boolean disabled,
    boolean reduced,
    int globalAllowedCells,
    int globalMaxPercent,
    int maxQueuedCells) {
  private static final int MAX_ALLOWED = 65534;
  private static final int QUEUED = 1000;

  /** What holds where the consensus says nothing. */
  public static final CircuitPaddingParameters DEFAULT = of(ConsensusParameters.DEFAULTS);

  /** The parameters of a consensus. */
  public static CircuitPaddingParameters of(ConsensusParameters params) {
    return new CircuitPaddingParameters(
        params.isSet("circpad_padding_disabled", false),
        params.isSet("circpad_padding_reduced", false),
        params.get("circpad_global_allowed_cells", 0, 0, MAX_ALLOWED),
        params.get("circpad_global_max_padding_pct", 0, 0, 100),
        params.get("circpad_max_circ_queued_cells", QUEUED, 0, 50 * QUEUED));
  }

  /** The same with a wish of the operator's: CircuitPadding and ReducedCircuitPadding. */
  public CircuitPaddingParameters with(boolean padding, boolean lessPadding) {
    return new CircuitPaddingParameters(
        disabled || !padding,
        reduced || lessPadding,
        globalAllowedCells,
        globalMaxPercent,
        maxQueuedCells);
  }
}
