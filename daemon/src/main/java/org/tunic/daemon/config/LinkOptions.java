package org.tunic.daemon.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the node connects to others.
 *
 * <p>Threads: immutable.
 *
 * @param padding ConnectionPadding
 * @param reducedPadding ReducedConnectionPadding
 * @param circuitPadding CircuitPadding: whether circuits of our own are padded
 * @param reducedCircuitPadding ReducedCircuitPadding: by machines of low overhead only
 * @param keepalive KeepalivePeriod: silence after which a sign of life is sent
 * @param outboundOr addresses that connections to relays and directories come from, at most one of
 *     each family; for a family without one the system chooses
 * @param outboundExit addresses that exit streams come from, likewise
 */
public record LinkOptions(
    AutoBool padding,
    boolean reducedPadding,
    boolean circuitPadding,
    boolean reducedCircuitPadding,
    Duration keepalive,
    List<InetAddress> outboundOr,
    List<InetAddress> outboundExit) {
  /** Copies the lists. */
  public LinkOptions {
    outboundOr = List.copyOf(outboundOr);
    outboundExit = List.copyOf(outboundExit);
  }
}
