package org.tunic.router.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.limits.ConnectionKind;
import org.tunic.router.limits.TrafficCounters;

/**
 * Opens and accepts TLS connections between relays and from clients.
 *
 * <p>Threads: any; each connection then lives on one loop.
 */
public final class Links implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Links.class);

  private static final int BACKLOG = 1024;

  private static final long CLOSE_SECONDS = 5;

  /** Reads of up to 64 KiB: four full TLS records for one system call. */
  private static final int MAX_READ = 64 * 1024;

  private static final int MIN_READ = 2 * 1024;

  /** Encrypted bytes in our memory before a channel counts as not writable. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  /**
   * Every connection, from the moment it has a socket; one that comes too late is closed at once.
   */
  private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  private final Transport transport;
  private final Duration connectTimeout;
  private final Duration tlsTimeout;
  private final TrafficCounters counters;
  private final BandwidthLimits bandwidth;
  private final Supplier<OutboundAddresses> outbound;

  /**
   * Settings of all connections.
   *
   * @param connectTimeout for TCP
   * @param tlsTimeout for the TLS handshake
   * @param counters of connections and of their bytes
   * @param bandwidth what all connections share
   * @param outbound where connections come from
   */
  public Links(
      Transport transport,
      Duration connectTimeout,
      Duration tlsTimeout,
      TrafficCounters counters,
      BandwidthLimits bandwidth,
      Supplier<OutboundAddresses> outbound) {
    this.transport = transport;
    this.connectTimeout = connectTimeout;
    this.tlsTimeout = tlsTimeout;
    this.counters = counters;
    this.bandwidth = bandwidth;
    this.outbound = outbound;
  }

  /**
   * Connects to a numeric address.
   *
   * @param loop will own the connection
   * @param serverName what TLS sends as server name
   * @param opener gets the connection or the failure, on {@code loop}
   */
  public void connect(
      EventLoop loop,
      InetSocketAddress address,
      TlsContext tls,
      String serverName,
      LinkOpener opener) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(
                new CountedSockets(
                    new ReflectiveChannelFactory<>(transport.socketType()),
                    ConnectionKind.OR,
                    counters))
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .option(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(new Connecting(tls, serverName, opener));
    outbound
        .get()
        .connect(bootstrap, transport.socketType(), address)
        .addListener(
            (ChannelFuture done) -> {
              if (!done.isSuccess()) {
                log.debug("no TCP connection: {}", done.cause().getClass().getSimpleName());
                opener.onFailed(reason(done.cause()));
              }
            });
  }

  /** Closes every connection and waits a few seconds for it. Not from an event loop. */
  @Override
  public void close() {
    sockets.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  private static LinkFailure reason(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return LinkFailure.TIMEOUT;
    }
    return cause instanceof ConnectException ? LinkFailure.REFUSED : LinkFailure.NETWORK;
  }

  private static AdaptiveRecvByteBufAllocator receiveBuffers() {
    return new AdaptiveRecvByteBufAllocator(MIN_READ, MAX_READ, MAX_READ);
  }

  /**
   * What a listener does with a connection it has accepted.
   *
   * <p>Threads: event loop of the connection.
   */
  public interface Acceptor {
    /** Takes the connection, or refuses it, which closes it before TLS begins. */
    Optional<Accepted> accept(InetSocketAddress remote);
  }

  /**
   * A connection that was accepted.
   *
   * @param tls our key and certificate
   * @param certificate DER of that certificate
   * @param opener gets the connection or the failure
   */
  public record Accepted(TlsContext tls, Bytes certificate, LinkOpener opener) {}

  /**
   * Listens; blocks until the socket is bound.
   *
   * @param loops own the connections, in turn
   * @throws IOException if the address cannot be had: in use, not ours, not permitted
   */
  public ListeningPort listen(EventLoopGroup loops, InetSocketAddress address, Acceptor acceptor)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(
                new CountedListeners(
                    new ReflectiveChannelFactory<>(transport.serverSocketType()),
                    ConnectionKind.OR_LISTENER,
                    ConnectionKind.OR,
                    counters.connections(),
                    _ -> true))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(new Accepting(acceptor));
    try {
      return ListeningPort.open(bootstrap, address).join();
    } catch (CompletionException e) {
      throw new IOException("cannot listen", e.getCause());
    }
  }

  /**
   * Waits for TCP. The listener of the connecting would be too late for it: what the other side
   * sends before a ClientHello could be read, and lost, and no TLS handshake would fail because of
   * it.
   */
  private final class Connecting extends ChannelInboundHandlerAdapter {
    private final TlsContext tls;
    private final String serverName;
    private final LinkOpener opener;

    Connecting(TlsContext tls, String serverName, LinkOpener opener) {
      this.tls = tls;
      this.serverName = serverName;
      this.opener = opener;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      opener.onTcpConnected();
      Channel socket = ctx.channel();
      sockets.add(socket);
      if (!socket.isActive()) { // closed by us who are closing
        opener.onFailed(LinkFailure.NETWORK);
        return;
      }
      TlsContext.Session session = tls.newSession(socket.alloc(), serverName, tlsTimeout);
      // The last handler first: adding the TLS handler starts the handshake.
      socket.pipeline().addLast(new TlsHandshakeHandler(session, null, opener));
      socket.pipeline().addFirst("tls", session.handler());
      socket.pipeline().addFirst(new LinkTraffic(counters, bandwidth));
      socket.pipeline().remove(this);
    }
  }

  private final class Accepting extends ChannelInitializer<SocketChannel> {
    private final Acceptor acceptor;

    Accepting(Acceptor acceptor) {
      this.acceptor = acceptor;
    }

    @Override
    protected void initChannel(SocketChannel socket) {
      InetSocketAddress remote = socket.remoteAddress();
      Optional<Accepted> accepted = remote == null ? Optional.empty() : acceptor.accept(remote);
      if (accepted.isEmpty()) {
        counters
            .connections()
            .rejected(
                ConnectionKind.OR, remote != null && remote.getAddress() instanceof Inet6Address);
        socket.close();
        return;
      }
      sockets.add(socket);
      if (!socket.isActive()) {
        accepted.get().opener().onFailed(LinkFailure.NETWORK);
        return;
      }
      TlsContext.Session session =
          accepted.get().tls().newSession(socket.alloc(), null, tlsTimeout);
      socket
          .pipeline()
          .addLast(new LinkTraffic(counters, bandwidth))
          .addLast("tls", session.handler())
          .addLast(
              new TlsHandshakeHandler(
                  session, accepted.get().certificate(), accepted.get().opener()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.error("an accepted connection could not be set up", cause);
      ctx.close();
    }
  }
}
