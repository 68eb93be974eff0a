package org.tunic.router.stream.begindir;

import java.time.Duration;

/**
 * What a directory server lets its clients do.
 *
 * @param maxRequestBodyBytes longest POST: an authority takes votes, a cache no more than an onion
 *     service descriptor
 * @param maxBodiesBytes bytes of POST bodies held at once, over all clients
 * @param maxExchanges requests in hand at once, over all clients
 * @param stall longest time without a byte moving
 * @param total longest exchange, so that a client that drips does not hold it for ever
 *     <p>Threads: immutable.
 */
public record DirServerLimits(
    int maxRequestBodyBytes, int maxBodiesBytes, int maxExchanges, Duration stall, Duration total) {
  private static final int MIB = 1024 * 1024;

  /** For a relay that caches. */
  public static final DirServerLimits CACHE =
      new DirServerLimits(128 * 1024, 8 * MIB, 2000, Duration.ofMinutes(1), Duration.ofMinutes(20));

  /** For an authority: C tor takes uploads up to 16 MiB. */
  public static final DirServerLimits AUTHORITY =
      new DirServerLimits(16 * MIB, 128 * MIB, 2000, Duration.ofMinutes(1), Duration.ofMinutes(20));
}
