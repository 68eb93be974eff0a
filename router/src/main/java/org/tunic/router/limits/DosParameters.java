package org.tunic.router.limits;

import java.time.Duration;
import java.util.Map;
import org.tunic.directory.view.ConsensusParameters;

/**
 * When a client asks for too much, and what is done about it. The names are both torrc options and
 * consensus parameters; the torrc wins.
 *
 * <p>Spec: dos-spec
 *
 * <p>Threads: immutable.
 */
public record DosParameters(
    Circuits circuits, Connections connections, Streams streams, int maxOutqTimes) {
  /**
   * Circuit creation by one client address.
   *
   * @param enabled DoSCircuitCreationEnabled
   * @param minConnections connections from which on an address can be marked
   * @param rate circuits a second that are allowed for ever
   * @param burst circuits that are allowed at once
   * @param refuses whether a marked address's CREATE cells are answered by DESTROY: type 2
   * @param period how long an address is marked, and up to half as long again
   */
  public record Circuits(
      boolean enabled, int minConnections, int rate, int burst, boolean refuses, Duration period) {}

  /**
   * Connections of one client address.
   *
   * @param enabled DoSConnectionEnabled
   * @param maxConcurrent connections at a time
   * @param refuses whether what is above is closed at once: type 2
   * @param rate connections a second that are allowed for ever
   * @param burst connections that are allowed at once
   * @param period how long an address is marked, and up to half as long again
   */
  public record Connections(
      boolean enabled, int maxConcurrent, boolean refuses, int rate, int burst, Duration period) {}

  /**
   * Streams and name look-ups of one circuit.
   *
   * @param enabled DoSStreamCreationEnabled
   * @param rate streams a second that are allowed for ever
   * @param burst streams that are allowed at once
   * @param action what is done with one more
   */
  public record Streams(boolean enabled, int rate, int burst, StreamAction action) {}

  /** What is done with a stream too many; types 1, 2 and 3. */
  public enum StreamAction {
    NONE,
    REFUSE_STREAM,
    CLOSE_CIRCUIT
  }

  private static final int NONE = 1;
  private static final int REFUSE = 2;
  private static final int CLOSE_CIRCUIT = 3;
  private static final int MIN_CONNECT_PERIOD_SECONDS = 10;

  /** Nothing is defended. */
  public static final DosParameters OFF = of(ConsensusParameters.DEFAULTS, Map.of());

  /**
   * The parameters of a consensus.
   *
   * @param options what the torrc sets, by name; an option that is absent is left to the consensus
   */
  public static DosParameters of(ConsensusParameters params, Map<String, Integer> options) {
    Source source = new Source(params, options);
    return new DosParameters(
        new Circuits(
            source.get("DoSCircuitCreationEnabled", 0, 0, 1) == 1,
            source.get("DoSCircuitCreationMinConnections", 3, 1, Integer.MAX_VALUE),
            source.get("DoSCircuitCreationRate", 3, 1, Integer.MAX_VALUE),
            source.get("DoSCircuitCreationBurst", 90, 1, Integer.MAX_VALUE),
            source.get("DoSCircuitCreationDefenseType", REFUSE, NONE, REFUSE) == REFUSE,
            source.seconds("DoSCircuitCreationDefenseTimePeriod", 60 * 60, 0)),
        new Connections(
            source.get("DoSConnectionEnabled", 0, 0, 1) == 1,
            source.get("DoSConnectionMaxConcurrentCount", 100, 1, Integer.MAX_VALUE),
            source.get("DoSConnectionDefenseType", REFUSE, NONE, REFUSE) == REFUSE,
            source.get("DoSConnectionConnectRate", 20, 1, Integer.MAX_VALUE),
            source.get("DoSConnectionConnectBurst", 40, 1, Integer.MAX_VALUE),
            source.seconds(
                "DoSConnectionConnectDefenseTimePeriod", 24 * 60 * 60, MIN_CONNECT_PERIOD_SECONDS)),
        new Streams(
            source.get("DoSStreamCreationEnabled", 0, 0, 1) == 1,
            source.get("DoSStreamCreationRate", 100, 1, Integer.MAX_VALUE),
            source.get("DoSStreamCreationBurst", 300, 1, Integer.MAX_VALUE),
            switch (source.get("DoSStreamCreationDefenseType", REFUSE, NONE, CLOSE_CIRCUIT)) {
              case REFUSE -> StreamAction.REFUSE_STREAM;
              case CLOSE_CIRCUIT -> StreamAction.CLOSE_CIRCUIT;
              default -> StreamAction.NONE;
            }),
        params.get("dos_num_circ_max_outq", 3, 0, Integer.MAX_VALUE));
  }

  private record Source(ConsensusParameters params, Map<String, Integer> options) {
    int get(String name, int byDefault, int min, int max) {
      Integer set = options.get(name);
      return set == null ? params.get(name, byDefault, min, max) : set;
    }

    Duration seconds(String name, int byDefault, int min) {
      return Duration.ofSeconds(get(name, byDefault, min, Integer.MAX_VALUE));
    }
  }
}
