package org.tunic.gateway.standin;

import java.net.InetSocketAddress;
import org.tunic.crypto.hs.HsId;
import org.tunic.tracker.swarm.InfoHash;

/**
 * An address of this host that stands in for an onion peer of one torrent.
 *
 * <p>Threads: immutable.
 *
 * @param torrent the only one it may be used for
 * @param onion whom it stands in for
 * @param port of the peer's onion service, and of the address
 * @param address in 127.64.0.0/11, with that port
 */
public record StandIn(InfoHash torrent, HsId onion, int port, InetSocketAddress address) {
  /** Nothing that identifies the peer. */
  @Override
  public String toString() {
    return "[stand-in]";
  }
}
