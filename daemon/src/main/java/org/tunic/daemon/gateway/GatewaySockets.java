package org.tunic.daemon.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.tunic.gateway.LocalSockets;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.link.Transport;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * Sockets of loopback and of nothing else: an address that is not of 127/8 is refused here, too.
 *
 * <p>Threads: any.
 */
public final class GatewaySockets implements LocalSockets {
  private static final int BACKLOG = 64;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int LOOPBACK = 127;

  /** Where clients listen. */
  private static final byte[] CLIENT = {LOOPBACK, 0, 0, 1};

  private final EventLoopGroup loops;
  private final Transport transport;

  /**
   * @param loops for connections that are accepted
   * @param transport their kind
   */
  public GatewaySockets(EventLoopGroup loops, Transport transport) {
    this.loops = loops;
    this.transport = transport;
  }

  private static void check(InetAddress address) {
    if (address.getAddress()[0] != LOOPBACK) {
      throw new IllegalArgumentException("not an address of loopback");
    }
  }

  @Override
  public CompletableFuture<Runnable> listen(InetSocketAddress address, Consumer<Channel> accepted) {
    check(address.getAddress());
    return future(bootstrap(accepted).bind(address)).thenApply(socket -> socket::close);
  }

  /** The same for the tracker port, whose number may be left to the system. */
  public CompletableFuture<ListeningPort> open(
      InetSocketAddress address, Consumer<Channel> accepted) {
    check(address.getAddress());
    return ListeningPort.open(bootstrap(accepted), address);
  }

  private ServerBootstrap bootstrap(Consumer<Channel> accepted) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverSocketType())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accepted.accept(connection);
                  }
                });
    ByteBridge.configureSocket(bootstrap::childOption);
    return bootstrap;
  }

  @Override
  public CompletableFuture<Channel> connect(EventLoop loop, InetAddress source, int port) {
    check(source);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.socketType())
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(ByteBridge.noHandler());
    ByteBridge.configureSocket(bootstrap::option);
    return future(
        bootstrap.connect(new InetSocketAddress(client(), port), new InetSocketAddress(source, 0)));
  }

  private static InetAddress client() {
    try {
      return InetAddress.getByAddress(CLIENT);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static CompletableFuture<Channel> future(ChannelFuture opening) {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    opening.addListener(
        _ -> {
          if (opening.isSuccess()) {
            opened.complete(opening.channel());
          } else {
            opened.completeExceptionally(opening.cause());
          }
        });
    return opened;
  }
}
