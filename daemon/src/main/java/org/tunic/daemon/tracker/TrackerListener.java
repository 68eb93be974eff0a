package org.tunic.daemon.tracker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.tunic.tracker.http.TrackerServer;

/**
 * The TCP port of a tracker. What a connection may do is bounded by {@link TrackerServer}.
 *
 * <p>Threads: any.
 */
public final class TrackerListener implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final Channel listener;

  private TrackerListener(Channel listener) {
    this.listener = listener;
  }

  /**
   * Starts to listen.
   *
   * @param address numeric; port 0 for any
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<TrackerListener> open(
      EventLoopGroup loops,
      Class<? extends ServerChannel> sockets,
      InetSocketAddress address,
      TrackerServer server) {
    CompletableFuture<TrackerListener> opened = new CompletableFuture<>();
    ChannelFuture binding =
        new ServerBootstrap()
            .group(loops)
            .channel(sockets)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    // It may have gone already.
                    if (connection.remoteAddress() instanceof InetSocketAddress remote) {
                      server.serve(connection, remote);
                    } else {
                      connection.close();
                    }
                  }
                })
            .bind(address);
    binding.addListener(
        _ -> {
          if (binding.isSuccess()) {
            opened.complete(new TrackerListener(binding.channel()));
          } else {
            opened.completeExceptionally(binding.cause());
          }
        });
    return opened;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Stops listening. Not from an event loop. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }
}
