package org.tunic.directory.view;

import java.util.Map;

/**
 * The {@code params} of a consensus. A missing parameter has its default, one out of range is
 * brought to the nearest end of the range, as all users of a network must agree on.
 *
 * <p>Spec: param-spec. Threads: immutable.
 *
 * @param values what the consensus says, each within 32 bits
 */
public record ConsensusParameters(Map<String, Integer> values) {
  /** No parameter set. */
  public static final ConsensusParameters DEFAULTS = new ConsensusParameters(Map.of());

  /** Copies the map. */
  public ConsensusParameters {
    values = Map.copyOf(values);
  }

  /**
   * The parameter, or {@code byDefault} if the consensus does not set it; brought within {@code
   * min} to {@code max}.
   */
  public int get(String name, int byDefault, int min, int max) {
    Integer set = values.get(name);
    return set == null ? byDefault : Math.clamp(set, min, max);
  }

  /** A parameter that is 0 or 1. */
  public boolean isSet(String name, boolean byDefault) {
    return get(name, byDefault ? 1 : 0, 0, 1) == 1;
  }
}
