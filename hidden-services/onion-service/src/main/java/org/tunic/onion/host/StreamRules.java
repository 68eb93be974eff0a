package org.tunic.onion.host;

/**
 * What a service lets a visitor's circuit do.
 *
 * <p>Threads: immutable.
 *
 * @param maxStreams {@code HiddenServiceMaxStreams}: streams at a time, 0 for no limit
 * @param tooManyCloses {@code HiddenServiceMaxStreamsCloseCircuit}: whether one more closes the
 *     circuit; else it is refused
 * @param unknownPortCloses whether a stream to a port that the service does not have closes the
 *     circuit; else it is refused. C tor closes if {@code HiddenServiceAllowUnknownPorts} is 1, the
 *     opposite of what its manual says
 */
public record StreamRules(int maxStreams, boolean tooManyCloses, boolean unknownPortCloses) {
  /** C tor's defaults: no limit, unknown ports are refused. */
  public static final StreamRules DEFAULT = new StreamRules(0, false, false);

  /** Refuses a negative number. */
  public StreamRules {
    if (maxStreams < 0) {
      throw new IllegalArgumentException("streams at a time");
    }
  }
}
