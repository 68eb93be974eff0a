package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * An ORPort or DirPort: an address to listen on, to publish, or both. A line without an address
 * makes two of them, for 0.0.0.0 and for [::].
 *
 * <p>Threads: immutable.
 *
 * @param line where it was written
 * @param address address to listen on or, if {@code explicit}, to publish; 0.0.0.0 or [::] for all
 * @param port port, or 0 for one the system chooses
 * @param explicit whether the line names the address
 * @param listen whether to open it
 * @param advertise whether the descriptor may name it
 */
public record ServerPort(
    ConfigLine line,
    InetAddress address,
    int port,
    boolean explicit,
    boolean listen,
    boolean advertise) {

  /** Whether it is for IPv4. */
  public boolean isIpv4() {
    return address instanceof Inet4Address;
  }

  /** The address to bind. */
  public InetSocketAddress bindAddress() {
    return new InetSocketAddress(address, port);
  }

  /**
   * The ports of a list to open, with 0.0.0.0 and [::] of the same line merged: one socket bound to
   * [::] serves both, two would fight over the port.
   */
  public static List<ServerPort> toListen(List<ServerPort> ports) {
    return ports.stream()
        .filter(ServerPort::listen)
        .filter(port -> !(port.isIpv4() && port.hasTwin(ports)))
        .toList();
  }

  private boolean hasTwin(List<ServerPort> ports) {
    return !explicit
        && ports.stream()
            .anyMatch(
                other ->
                    other.listen && !other.explicit && !other.isIpv4() && other.line.equals(line));
  }

  /**
   * The port that a descriptor names for one family: an explicit one first; -1 if there is none.
   */
  public static int advertisedPort(List<ServerPort> ports, boolean ipv4) {
    return ports.stream()
        .filter(port -> port.advertise && port.isIpv4() == ipv4)
        .sorted((a, b) -> Boolean.compare(b.explicit, a.explicit))
        .mapToInt(ServerPort::port)
        .findFirst()
        .orElse(-1);
  }
}
