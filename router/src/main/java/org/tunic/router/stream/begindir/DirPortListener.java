package org.tunic.router.stream.begindir;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * A directory port: plain HTTP over TCP.
 *
 * <p>Threads: any.
 */
public final class DirPortListener implements AutoCloseable {
  private static final int BACKLOG = 256;

  private final Channel listener;

  private DirPortListener(Channel listener) {
    this.listener = listener;
  }

  /**
   * Starts to listen.
   *
   * @param listeners makes listening sockets for {@code group}
   * @param address numeric; port 0 for any
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<DirPortListener> open(
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> listeners,
      InetSocketAddress address,
      DirectoryServer server) {
    CompletableFuture<DirPortListener> opened = new CompletableFuture<>();
    ChannelFuture binding =
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
                })
            .bind(address);
    binding.addListener(
        _ -> {
          if (binding.isSuccess()) {
            opened.complete(new DirPortListener(binding.channel()));
          } else {
            opened.completeExceptionally(binding.cause());
          }
        });
    return opened;
  }

  private static Optional<InetAddress> peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? Optional.ofNullable(remote.getAddress())
        : Optional.empty();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Stops listening; exchanges in hand go on. Not from an event loop. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }
}
