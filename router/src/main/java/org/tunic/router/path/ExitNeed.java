package org.tunic.router.path;

/**
 * What the last hop must let through.
 *
 * <p>Relays publish summaries of their exit policies: ports that they accept at most addresses. An
 * exit may still refuse one address, which the client learns from END.
 *
 * <p>Spec: dir-spec/computing-microdescriptors (the {@code p} and {@code p6} lines). Threads:
 * immutable.
 *
 * @param port destination port, 1–65535; 0 for a look-up, see {@link #LOOKUP}
 * @param ipv6 whether the destination is a literal IPv6 address; host names count as IPv4
 * @param stable whether the stream is likely to last, so that every hop should be Stable
 */
public record ExitNeed(int port, boolean ipv6, boolean stable) {
  /** A name to be looked up: any exit that lets out anything at all. */
  public static final ExitNeed LOOKUP = new ExitNeed(0, false, false);

  /**
   * Checks the port.
   *
   * @throws IllegalArgumentException if it is not 0–65535
   */
  public ExitNeed {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port);
    }
  }
}
