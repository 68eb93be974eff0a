package org.tunic.router.circuit.pool;

import java.time.Duration;
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
 * @param buildTimeout {@code CircuitBuildTimeout}: how long a circuit may take to build
 * @param maxPendingBuilds {@code MaxClientCircuitsPending}: circuits built at a time
 * @param longLivedPorts {@code LongLivedPorts}: their streams get Stable relays
 * @param rejectInternalAddresses {@code ClientRejectInternalAddresses}: refuse private addresses
 */
public record PoolSettings(
    PathRules pathRules,
    Duration maxCircuitDirtiness,
    Duration socksTimeout,
    Duration buildTimeout,
    int maxPendingBuilds,
    Set<Integer> longLivedPorts,
    boolean rejectInternalAddresses) {
  /** C tor's {@code LongLivedPorts}. */
  public static final Set<Integer> LONG_LIVED_PORTS =
      Set.of(21, 22, 706, 1863, 5050, 5190, 5222, 5223, 6523, 6667, 6697, 8300);

  /** Keeps a copy of the ports. */
  public PoolSettings {
    longLivedPorts = Set.copyOf(longLivedPorts);
  }

  /** C tor's defaults; in a testing network private addresses are let through. */
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
}
