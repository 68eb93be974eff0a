package org.tunic.router.stream.begindir;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * A directory port: plain HTTP over TCP.
 *
 * <p>Threads: any.
 */
public final class DirPortListener {
  private static final int BACKLOG = 256;

  private DirPortListener() {}

  /**
   * Starts to listen.
   *
   * @param listeners makes listening sockets for {@code group}
   * @param address numeric; port 0 for any
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<ListeningPort> open(
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> listeners,
      InetSocketAddress address,
      DirectoryServer server) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(listeners)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, ByteBridge.receiveAllocator())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    server.serve(channel, peer(channel));
                  }
                });
    return ListeningPort.open(bootstrap, address);
  }

  private static Optional<InetAddress> peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? Optional.ofNullable(remote.getAddress())
        : Optional.empty();
  }
}
