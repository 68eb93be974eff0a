package org.tunic.router.stream.socks;

import org.tunic.crypto.hs.HsId;

/**
 * A stream to an onion service that an application asked for.
 *
 * <p>Threads: immutable.
 *
 * @param service which one
 * @param port its virtual port, 1 to 65535
 * @param isolation which other streams may share its circuit
 */
public record OnionRequest(HsId service, int port, IsolationKey isolation) {
  @Override
  public String toString() {
    return "OnionRequest[port " + port + "]";
  }
}
