package org.tunic.daemon.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One onion service: a HiddenServiceDir line and the lines that follow it up to the next.
 *
 * <p>Threads: immutable.
 *
 * @param directory HiddenServiceDir, absolute
 * @param groupReadable whether the group may read the directory and the file {@code hostname}
 * @param ports HiddenServicePort, at least one; of several with one virtual port, one is chosen at
 *     random for each stream
 * @param allowUnknownPorts HiddenServiceAllowUnknownPorts, see {@code router.stream.exit} for what
 *     C tor makes of it
 * @param streams how many streams a visitor may have
 * @param introPoints introduction points to keep, 3 to 20
 * @param exportCircuitId whether targets are told a number for the circuit, in the PROXY protocol
 * @param introDos what introduction points are asked to limit; empty: nothing
 * @param pow what proof of work guards; empty: it is off
 */
public record OnionServiceOptions(
    Path directory,
    boolean groupReadable,
    List<Port> ports,
    boolean allowUnknownPorts,
    StreamLimit streams,
    int introPoints,
    boolean exportCircuitId,
    Optional<IntroDos> introDos,
    Optional<Pow> pow) {
  /** Copies the list. */
  public OnionServiceOptions {
    ports = List.copyOf(ports);
  }

  /**
   * Where streams to a virtual port go.
   *
   * @param virtualPort 1 to 65535
   */
  public record Port(int virtualPort, Target target) {}

  /** A server on this machine, or one that is reached without Tor. */
  public sealed interface Target {
    /**
     * A TCP port.
     *
     * @param address numeric
     */
    record Tcp(InetSocketAddress address) implements Target {}

    /**
     * A socket of the file system.
     *
     * @param path absolute
     */
    record Unix(Path path) implements Target {}
  }

  /**
   * How many streams one circuit of a visitor may have at a time.
   *
   * @param most HiddenServiceMaxStreams; 0: any number
   * @param closesCircuit whether one more closes the circuit; else it is refused
   */
  public record StreamLimit(int most, boolean closesCircuit) {}

  /**
   * How many INTRODUCE2 a point may bring.
   *
   * @param ratePerSecond in the long run
   * @param burst at once, not less than the rate
   */
  public record IntroDos(int ratePerSecond, int burst) {}

  /**
   * How many introductions with proof of work are taken from the queue.
   *
   * @param queueRatePerSecond in the long run; 0: as many as there are
   * @param queueBurst at once, not less than the rate
   */
  public record Pow(int queueRatePerSecond, int queueBurst) {}
}
