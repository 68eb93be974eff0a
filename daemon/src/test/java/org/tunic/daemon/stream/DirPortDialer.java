package org.tunic.daemon.stream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;
import org.tunic.directory.fetch.DirServer;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * Opens plain TCP connections to directory ports, for {@link StreamDirectoryTransport}. Relays and
 * authorities use them to reach authorities; clients never do.
 *
 * <p>Threads: any.
 */
final class DirPortDialer implements Function<DirServer, CompletableFuture<Channel>> {
  private final Bootstrap template;

  /**
   * @param sockets makes sockets for {@code group}
   */
  DirPortDialer(
      EventLoopGroup group,
      ChannelFactory<? extends SocketChannel> sockets,
      Duration connectTimeout) {
    this.template =
        new Bootstrap()
            .group(group)
            .channelFactory(sockets)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, ByteBridge.receiveAllocator())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
            .handler(ByteBridge.noHandler());
  }

  /** Connects; fails with UNREACHABLE if the server has no directory port. */
  @Override
  public CompletableFuture<Channel> apply(DirServer server) {
    Optional<InetSocketAddress> address = server.dirPort();
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    if (address.isEmpty()) {
      opened.completeExceptionally(new DirFetchException(Reason.UNREACHABLE));
      return opened;
    }
    ChannelFuture connecting = template.connect(address.get());
    connecting.addListener(
        _ -> {
          if (!connecting.isSuccess()) {
            opened.completeExceptionally(connecting.cause());
          } else if (!opened.complete(connecting.channel())) {
            connecting.channel().close();
          }
        });
    return opened;
  }
}
