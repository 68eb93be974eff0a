package org.tunic.gateway;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The sockets of loopback that a gateway needs, in the hands of those who may open some.
 *
 * <p>Threads: any.
 */
public interface LocalSockets {
  /**
   * Listens at an address of loopback.
   *
   * @param accepted gets each connection on its event loop, ready to be bridged: reading off
   * @return what ends it, once it listens; fails if it cannot
   */
  CompletableFuture<Runnable> listen(InetSocketAddress address, Consumer<Channel> accepted);

  /**
   * Connects to a port of 127.0.0.1.
   *
   * @param loop for the connection
   * @param source an address of loopback that it comes from
   * @param port 1 to 65535
   * @return the connection, ready to be bridged: reading off
   */
  CompletableFuture<Channel> connect(EventLoop loop, InetAddress source, int port);
}
