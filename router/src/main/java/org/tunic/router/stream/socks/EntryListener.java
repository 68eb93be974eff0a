package org.tunic.router.stream.socks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * A port of applications: SOCKS or HTTP CONNECT.
 *
 * <p>Spec: socks-extensions, proposals/365. Threads: any; each connection on its own event loop.
 */
public final class EntryListener implements AutoCloseable {
  /** Connections without a stream yet; one more is closed at once. */
  public static final int MAX_PENDING = 1000;

  private static final int BACKLOG = 256;

  private final EntrySettings settings;
  private final EntryServices services;
  private final EntryNotices notices;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile @Nullable ListeningPort listener;

  /** Not open yet. */
  public EntryListener(EntrySettings settings, EntryServices services) {
    this.settings = settings;
    this.services = services;
    this.notices = new EntryNotices(services.nanoTime());
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
    return ListeningPort.open(bootstrap, address)
        .thenApply(
            opened -> {
              listener = opened;
              return opened.address();
            });
  }

  /** Takes a connection in: negotiates and, in the end, joins it with a stream. */
  void accept(Channel channel) {
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      channel.close();
      return;
    }
    switch (settings.protocol()) {
      case EntrySettings.Protocol.Socks _ -> channel.pipeline().addLast(new SocksHandler(this));
      case EntrySettings.Protocol.HttpTunnel(String software) ->
          channel
              .pipeline()
              .addLast(HttpTunnelHandler.decoder())
              .addLast(new HttpTunnelHandler(this, new HttpAnswers(software)));
    }
    channel.config().setAutoRead(true);
  }

  EntrySettings settings() {
    return settings;
  }

  EntryServices services() {
    return services;
  }

  /**
   * Decides about a request.
   *
   * @param clientAddress address bytes of the application
   */
  EntryDecision.Action decide(EntryRequest request, Bytes clientAddress) {
    return new EntryDecision(
            request, settings, services.rules().get(), services.map(), notices, clientAddress)
        .make();
  }

  /** A connection no longer waits for its stream. */
  void negotiated() {
    pending.decrementAndGet();
  }

  /** Stops listening; streams in use go on. Not from an event loop. */
  @Override
  public void close() {
    ListeningPort open = listener;
    if (open != null) {
      open.close();
    }
  }
}
