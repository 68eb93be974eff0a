package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The destination ports for which circuits are kept ready.
 *
 * <p>At the start these are 443 and 80; then every port that a stream asked for, until it was not
 * asked for over a time between {@code CircuitsAvailableTimeout} or {@code nf_conntimeout_clients}
 * and twice that: some 30 to 60 minutes without it. A client nobody uses stops building circuits;
 * the span is drawn anew at each start from nothing, so that its end does not tell when the last
 * use was.
 *
 * <p>Spec: path-spec/when-we-build, padding-spec ({@code CircuitsAvailableTimeout}). Threads: one
 * at a time, its owner's.
 */
final class PredictedPorts {
  /** Ports remembered; the one not used for longest makes room. */
  static final int MAX_PORTS = 16;

  /** {@code nf_conntimeout_clients} where no consensus says it. */
  static final Duration SHORTEST = Duration.ofMinutes(30);

  private final RandomGenerator random;

  /** When each port was last asked for, nanoseconds; the one asked for last comes last. */
  private final Map<Integer, Long> lastUsedNanos = new LinkedHashMap<>();

  private long shortestNanos;
  private long lifetimeNanos;

  /**
   * @param shortest the least time a port is remembered for
   */
  PredictedPorts(Duration shortest, RandomGenerator random, long nowNanos) {
    this.random = random;
    this.shortestNanos = shortest.toNanos();
    note(80, nowNanos);
    note(443, nowNanos);
  }

  /**
   * From the next start from nothing on the span is between this and its double.
   *
   * @param shortest {@code CircuitsAvailableTimeout} or {@code nf_conntimeout_clients}, above 0
   */
  void setShortest(Duration shortest) {
    this.shortestNanos = shortest.toNanos();
  }

  private void draw() {
    lifetimeNanos = random.nextLong(shortestNanos, 2 * shortestNanos);
  }

  /** A stream to {@code port} was asked for. */
  void note(int port, long nowNanos) {
    if (lastUsedNanos.isEmpty()) {
      draw();
    }
    lastUsedNanos.remove(port);
    lastUsedNanos.put(port, nowNanos);
    if (lastUsedNanos.size() > MAX_PORTS) {
      lastUsedNanos.remove(lastUsedNanos.keySet().iterator().next());
    }
  }

  /** No relay lets this port through. */
  void drop(int port) {
    lastUsedNanos.remove(port);
  }

  /** The ports to be ready for, those asked for longest ago first. */
  List<Integer> ports(long nowNanos) {
    Iterator<Long> times = lastUsedNanos.values().iterator();
    while (times.hasNext() && nowNanos - times.next() >= lifetimeNanos) {
      times.remove();
    }
    return new ArrayList<>(lastUsedNanos.keySet());
  }

  /** How long a circuit may stay unused: as long as ports are remembered. */
  long lifetimeNanos() {
    return lifetimeNanos;
  }
}
