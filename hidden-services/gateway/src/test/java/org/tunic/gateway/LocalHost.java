package org.tunic.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.tunic.router.stream.bridge.ByteBridge;

/** The loopback interface of one host, in memory. */
final class LocalHost implements LocalSockets, AutoCloseable {
  private final String name;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());

  /** Where the gateway's connections to the client came from. */
  final List<InetAddress> sources = new CopyOnWriteArrayList<>();

  /** Where somebody listens. */
  final Set<InetSocketAddress> listening = ConcurrentHashMap.newKeySet();

  LocalHost(String name) {
    this.name = name;
  }

  private LocalAddress at(InetAddress address, int port) {
    return new LocalAddress(name + " " + address.getHostAddress() + ":" + port);
  }

  @Override
  public CompletableFuture<Runnable> listen(InetSocketAddress address, Consumer<Channel> accepted) {
    ChannelFuture binding =
        new ServerBootstrap()
            .group(loops)
            .channel(LocalServerChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.accept(channel);
                  }
                })
            .bind(at(address.getAddress(), address.getPort()));
    CompletableFuture<Runnable> bound = new CompletableFuture<>();
    binding.addListener(
        done -> {
          if (done.isSuccess()) {
            listening.add(address);
            bound.complete(
                () -> {
                  listening.remove(address);
                  binding.channel().close();
                });
          } else {
            bound.completeExceptionally(done.cause());
          }
        });
    return bound;
  }

  @Override
  public CompletableFuture<Channel> connect(EventLoop loop, InetAddress source, int port) {
    sources.add(source);
    return connect(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** A program of this host connects; reading is off. */
  CompletableFuture<Channel> connect(InetSocketAddress target) {
    return connect(loops.next(), target);
  }

  private CompletableFuture<Channel> connect(EventLoopGroup loop, InetSocketAddress target) {
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(LocalChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(ByteBridge.noHandler())
            .connect(at(target.getAddress(), target.getPort()));
    CompletableFuture<Channel> connected = new CompletableFuture<>();
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connected.complete(connecting.channel());
          } else {
            connected.completeExceptionally(done.cause());
          }
        });
    return connected;
  }

  @Override
  public void close() {
    loops.shutdownGracefully();
  }
}
