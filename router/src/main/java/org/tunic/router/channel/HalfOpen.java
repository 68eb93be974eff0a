package org.tunic.router.channel;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts accepted connections that are still in TLS or negotiation, in all and by address.
 *
 * <p>Threads: guarded by its own lock.
 */
final class HalfOpen {
  /** Half-open connections in all. */
  static final int MAX = 2048;

  /** Half-open connections from one address. */
  static final int MAX_PER_ADDRESS = 256;

  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int all;

  /** Takes a place; false if there is none. */
  synchronized boolean enter(InetAddress address) {
    int here = byAddress.getOrDefault(address, 0);
    if (all >= MAX || here >= MAX_PER_ADDRESS) {
      return false;
    }
    all++;
    byAddress.put(address, here + 1);
    return true;
  }

  /** Gives a place back. */
  synchronized void leave(InetAddress address) {
    all--;
    byAddress.computeIfPresent(address, (_, here) -> here == 1 ? null : here - 1);
  }

  synchronized int all() {
    return all;
  }
}
