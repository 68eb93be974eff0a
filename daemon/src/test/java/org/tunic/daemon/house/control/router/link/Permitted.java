package org.tunic.daemon.house.control.router.link;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;

/** Does what only this room may do. */
final class Permitted {
  ServerBootstrap server(SslHandler handler) {
    return new ServerBootstrap().channel(NioServerSocketChannel.class).childHandler(handler);
  }
}
