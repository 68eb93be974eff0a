package org.tunic.router.stream.socks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * A SOCKS port of a client.
 *
 * <p>Spec: socks-extensions. Threads: any; each connection on its own event loop.
 */
public final class SocksListener implements AutoCloseable {
  /** Connections without a stream yet; one more is closed at once. */
  public static final int MAX_PENDING = 1000;

  private static final int BACKLOG = 256;

  private final SocksSettings settings;
  private final Function<StreamRequest, ? extends CompletableFuture<? extends Channel>> opener;
  private final @Nullable Function<ResolveRequest, CompletableFuture<Resolved>> resolver;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile @Nullable Channel listener;

  /**
   * @param opener finds a stream for a request: a channel with reading off and no handler that
   *     reads, connected or, if it is a {@link org.tunic.router.stream.DataStream}, still
   *     connecting. It fails with {@link org.tunic.router.stream.StreamEndedException} to tell the
   *     application why. When the application has gone meanwhile the channel is closed
   * @param resolver answers RESOLVE and RESOLVE_PTR; null if they are not supported
   */
  public SocksListener(
      SocksSettings settings,
      Function<StreamRequest, ? extends CompletableFuture<? extends Channel>> opener,
      @Nullable Function<ResolveRequest, CompletableFuture<Resolved>> resolver) {
    this.settings = settings;
    this.opener = opener;
    this.resolver = resolver;
  }

  /**
   * Starts to listen. Callable once.
   *
   * @param listeners makes listening sockets for {@code group}
   * @param address numeric; port 0 for any
   * @return completes with the address listened on, or fails with the reason why not
   */
  public CompletableFuture<InetSocketAddress> open(
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> listeners,
      InetSocketAddress address) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(listeners)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    ByteBridge.configureSocket(bootstrap::childOption);
    ChannelFuture binding = bootstrap.bind(address);
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    binding.addListener(
        _ -> {
          if (binding.isSuccess()) {
            listener = binding.channel();
            bound.complete((InetSocketAddress) binding.channel().localAddress());
          } else {
            bound.completeExceptionally(binding.cause());
          }
        });
    return bound;
  }

  /** Takes a connection in: negotiates and, in the end, joins it with a stream. */
  void accept(Channel channel) {
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      channel.close();
      return;
    }
    channel.pipeline().addLast(new SocksHandler(this));
    channel.config().setAutoRead(true);
  }

  SocksSettings settings() {
    return settings;
  }

  CompletableFuture<? extends Channel> open(StreamRequest request) {
    return opener.apply(request);
  }

  Optional<CompletableFuture<Resolved>> resolve(ResolveRequest request) {
    return resolver == null ? Optional.empty() : Optional.of(resolver.apply(request));
  }

  /** A connection no longer waits for its stream. */
  void negotiated() {
    pending.decrementAndGet();
  }

  /** Stops listening; streams in use go on. Not from an event loop. */
  @Override
  public void close() {
    Channel open = listener;
    if (open != null) {
      open.close().awaitUninterruptibly();
    }
  }
}
