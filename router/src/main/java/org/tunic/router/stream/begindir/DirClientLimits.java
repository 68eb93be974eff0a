package org.tunic.router.stream.begindir;

import java.time.Duration;

/**
 * How long a directory request may take.
 *
 * @param connect for the connection or circuit to the server
 * @param stall without a single byte moving (TestingDirConnectionMaxStall)
 * @param total for the exchange as a whole, so that a server that drips does not hold it for ever
 *     <p>Threads: immutable.
 */
public record DirClientLimits(Duration connect, Duration stall, Duration total) {
  /** In public networks. */
  public static final DirClientLimits NORMAL =
      new DirClientLimits(Duration.ofSeconds(60), Duration.ofMinutes(5), Duration.ofMinutes(20));

  /** In testing networks. */
  public static final DirClientLimits TESTING =
      new DirClientLimits(Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofMinutes(5));
}
