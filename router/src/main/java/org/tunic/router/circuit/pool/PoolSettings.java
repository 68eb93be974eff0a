package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.tunic.router.path.PathRules;

/**
 * What a configuration decides about client circuits.
 *
 * <p>Threads: immutable.
 *
 * @param pathRules rules of path selection
 * @param maxCircuitDirtiness {@code MaxCircuitDirtiness}: how long after its first stream a circuit
 *     takes further ones
 * @param socksTimeout {@code SocksTimeout}: how long a stream may wait to be connected
 * @param buildTimeout {@code CircuitBuildTimeout}: how long a circuit may take to build; zero: as
 *     the consensus says, or as learned
 * @param maxPendingBuilds {@code MaxClientCircuitsPending}: circuits built at a time
 * @param longLivedPorts {@code LongLivedPorts}: their streams get Stable relays
 * @param rejectInternalAddresses {@code ClientRejectInternalAddresses}: refuse private addresses
 * @param learnTimeout {@code LearnCircuitBuildTimeout}
 * @param streamTimeout {@code CircuitStreamTimeout}: how long an exit may take to answer; zero: 10
 *     seconds twice, then 15
 * @param available {@code CircuitsAvailableTimeout}: how long after the last use of a port circuits
 *     are kept ready for it; zero: as the consensus says
 * @param newCircuitPeriod {@code NewCircuitPeriod}: longest wait before circuits are tried again
 *     after failures
 * @param trackedHosts {@code TrackHostExits}: names, and domains with a dot in front
 * @param trackExpiry {@code TrackHostExitsExpire}
 */
public record PoolSettings(
    PathRules pathRules,
    Duration maxCircuitDirtiness,
    Duration socksTimeout,
    Duration buildTimeout,
    int maxPendingBuilds,
    Set<Integer> longLivedPorts,
    boolean rejectInternalAddresses,
    boolean learnTimeout,
    Duration streamTimeout,
    Duration available,
    Duration newCircuitPeriod,
    List<String> trackedHosts,
    Duration trackExpiry) {
  /** C tor's {@code LongLivedPorts}. */
  public static final Set<Integer> LONG_LIVED_PORTS =
      Set.of(21, 22, 706, 1863, 5050, 5190, 5222, 5223, 6523, 6667, 6697, 8300);

  /** Keeps copies of the collections. */
  public PoolSettings {
    longLivedPorts = Set.copyOf(longLivedPorts);
    trackedHosts = List.copyOf(trackedHosts);
  }

  /** With a fixed build timeout, and C tor's defaults for what is not given. */
  public PoolSettings(
      PathRules pathRules,
      Duration maxCircuitDirtiness,
      Duration socksTimeout,
      Duration buildTimeout,
      int maxPendingBuilds,
      Set<Integer> longLivedPorts,
      boolean rejectInternalAddresses) {
    this(
        pathRules,
        maxCircuitDirtiness,
        socksTimeout,
        buildTimeout,
        maxPendingBuilds,
        longLivedPorts,
        rejectInternalAddresses,
        false,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofSeconds(30),
        List.of(),
        Duration.ofMinutes(30));
  }

  /** C tor's defaults without learning; in a testing network private addresses are let through. */
  public static PoolSettings defaults(PathRules rules, boolean testingNetwork) {
    return new PoolSettings(
        rules,
        Duration.ofMinutes(10),
        Duration.ofMinutes(2),
        Duration.ofSeconds(60),
        32,
        LONG_LIVED_PORTS,
        !testingNetwork);
  }

  TrackedExits.Wish tracking() {
    return new TrackedExits.Wish(trackedHosts, trackExpiry);
  }
}
