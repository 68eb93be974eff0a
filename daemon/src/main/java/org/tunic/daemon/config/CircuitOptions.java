package org.tunic.daemon.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How long our own circuits and streams may take and last.
 *
 * <p>Threads: immutable.
 *
 * @param buildTimeout CircuitBuildTimeout; zero: as learned
 * @param learnTimeout LearnCircuitBuildTimeout, which an authority never does
 * @param streamTimeout CircuitStreamTimeout, after which a stream tries another circuit; zero: 10
 *     seconds twice, then 15
 * @param socksTimeout SocksTimeout, after which a stream is given up
 * @param available CircuitsAvailableTimeout, how long after the last use circuits are kept ready;
 *     zero: as the consensus says
 * @param longLivedPorts LongLivedPorts, whose streams get Stable relays
 * @param trackedHosts TrackHostExits: host names, and domains with a dot in front, in lower case
 * @param trackExpiry TrackHostExitsExpire
 */
public record CircuitOptions(
    Duration buildTimeout,
    boolean learnTimeout,
    Duration streamTimeout,
    Duration socksTimeout,
    Duration available,
    Set<Integer> longLivedPorts,
    List<String> trackedHosts,
    Duration trackExpiry) {
  private static final Duration SHORT_BUILD = Duration.ofSeconds(10);
  private static final Duration MIN_STREAM = Duration.ofSeconds(10);
  private static final Duration MAX_AVAILABLE = Duration.ofHours(24);

  /** Copies the collections. */
  public CircuitOptions {
    longLivedPorts = Set.copyOf(longLivedPorts);
    trackedHosts = List.copyOf(trackedHosts);
  }

  static CircuitOptions of(Rules rules, boolean isAuthority) throws ConfigException {
    OptionValues values = rules.values();
    Duration build = values.interval("CircuitBuildTimeout");
    boolean learn = values.flag("LearnCircuitBuildTimeout");
    if (!learn && !build.isZero() && build.compareTo(SHORT_BUILD) < 0) {
      rules.warn(
          "CircuitBuildTimeout",
          "is shorter than "
              + SHORT_BUILD.toSeconds()
              + " seconds and LearnCircuitBuildTimeout is 0: if circuits fail, raise it");
    }
    Duration stream = values.interval("CircuitStreamTimeout");
    if (!stream.isZero() && stream.compareTo(MIN_STREAM) < 0) {
      rules.warn(
          "CircuitStreamTimeout", "is too short; " + MIN_STREAM.toSeconds() + " seconds is used");
      stream = MIN_STREAM;
    }
    Duration available = values.interval("CircuitsAvailableTimeout");
    if (available.compareTo(MAX_AVAILABLE) > 0) {
      throw rules.refuse("CircuitsAvailableTimeout", "is too large", "write 24 hours at most");
    }
    return new CircuitOptions(
        build,
        learn && !isAuthority,
        stream,
        values.interval("SocksTimeout"),
        available,
        values.csv("LongLivedPorts").stream()
            .map(port -> Addresses.port(port, 1))
            .filter(port -> port > 0)
            .collect(Collectors.toUnmodifiableSet()),
        values.csv("TrackHostExits").stream().map(host -> host.toLowerCase(Locale.ROOT)).toList(),
        values.interval("TrackHostExitsExpire"));
  }
}
