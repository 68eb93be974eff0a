package org.tunic.router.link;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * A TCP port at which somebody listens.
 *
 * <p>Threads: any.
 */
public final class ListeningPort implements AutoCloseable {
  private final Channel socket;

  private ListeningPort(Channel socket) {
    this.socket = socket;
  }

  /**
   * Starts to listen.
   *
   * @param bootstrap complete but for its address
   * @param address numeric; port 0 lets the system choose
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<ListeningPort> open(
      ServerBootstrap bootstrap, InetSocketAddress address) {
    CompletableFuture<ListeningPort> opened = new CompletableFuture<>();
    ChannelFuture binding = bootstrap.bind(address);
    binding.addListener(
        _ -> {
          if (binding.isSuccess()) {
            opened.complete(new ListeningPort(binding.channel()));
          } else {
            opened.completeExceptionally(binding.cause());
          }
        });
    return opened;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.localAddress();
  }

  /** Accepts no more; connections stay. Not from an event loop. */
  @Override
  public void close() {
    socket.close().awaitUninterruptibly();
  }
}
