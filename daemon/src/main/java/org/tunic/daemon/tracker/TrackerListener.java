package org.tunic.daemon.tracker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.tunic.router.link.ListeningPort;

/**
 * The TCP port of a tracker or an index. What a connection may do is bounded by their servers.
 *
 * <p>Threads: any.
 */
public final class TrackerListener {
  private static final int BACKLOG = 1024;

  private TrackerListener() {}

  /**
   * Starts to listen.
   *
   * @param address numeric; port 0 for any
   * @param server serves a connection from an address, or closes it
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<ListeningPort> open(
      EventLoopGroup loops,
      Class<? extends ServerChannel> sockets,
      InetSocketAddress address,
      BiConsumer<Channel, InetSocketAddress> server) {
    ServerBootstrap bootstrap =
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
                      server.accept(connection, remote);
                    } else {
                      connection.close();
                    }
                  }
                });
    return ListeningPort.open(bootstrap, address);
  }
}
