package org.tunic.daemon.house.control.router.circuit;

import io.netty.bootstrap.Bootstrap;

/** A room of the wire that connects past the link. */
final class OpensNettySocket {
  Bootstrap bootstrap() {
    return new Bootstrap();
  }
}
