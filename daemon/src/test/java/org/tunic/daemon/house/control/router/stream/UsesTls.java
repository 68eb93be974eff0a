package org.tunic.daemon.house.control.router.stream;

import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;

/** A room of the wire that sees the engine. */
final class UsesTls {
  SSLEngine engine(SslHandler handler) {
    return handler.engine();
  }
}
