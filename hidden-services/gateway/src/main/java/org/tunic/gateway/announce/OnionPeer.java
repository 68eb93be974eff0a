package org.tunic.gateway.announce;

import org.tunic.crypto.hs.HsId;

/**
 * A peer that a tracker listed.
 *
 * <p>Threads: immutable.
 *
 * @param onion its service
 * @param port of its service, 1024 to 65535
 */
public record OnionPeer(HsId onion, int port) {
  /** Bytes in a list of peers: the key, and the port. */
  static final int LENGTH = 34;
}
