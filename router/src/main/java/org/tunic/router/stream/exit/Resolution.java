package org.tunic.router.stream.exit;

import java.net.Inet4Address;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/** What became of a name lookup. Threads: immutable. */
sealed interface Resolution {
  /**
   * At least one address.
   *
   * @param ipv4 the first A record, or null
   * @param ipv6 the first AAAA record, or null
   * @param ttlSeconds the least time to live of the two, as the server gave it
   */
  record Addresses(@Nullable Inet4Address ipv4, @Nullable Inet6Address ipv6, long ttlSeconds)
      implements Resolution {
    @Override
    public String toString() {
      return "Addresses[]";
    }
  }

  /** The answer to a reverse lookup: a valid host name of at most 255 characters. */
  record HostName(String name, long ttlSeconds) implements Resolution {
    @Override
    public String toString() {
      return "HostName[]";
    }
  }

  /**
   * No answer.
   *
   * @param transientFailure true if it may work later: a timeout, a failing server, too much to do
   */
  record Failed(boolean transientFailure) implements Resolution {}
}
