package org.tunic.router.stream.exit;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
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
    /** The one or two addresses, IPv4 first. */
    List<InetAddress> all() {
      List<InetAddress> all = new ArrayList<>(2);
      if (ipv4 != null) {
        all.add(ipv4);
      }
      if (ipv6 != null) {
        all.add(ipv6);
      }
      return all;
    }

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
