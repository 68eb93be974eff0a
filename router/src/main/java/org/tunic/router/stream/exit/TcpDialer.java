package org.tunic.router.stream.exit;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.tunic.router.cell.EndReason;
import org.tunic.router.link.OutboundAddresses;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * Opens TCP connections to numeric addresses, ready to be bridged: reading is off.
 *
 * <p>Threads: any.
 */
public final class TcpDialer {
  private final Bootstrap template;
  private final Class<? extends SocketChannel> socketType;
  private final Supplier<OutboundAddresses> outbound;

  /** A dialer whose sockets come from any address. */
  public TcpDialer(ChannelFactory<? extends SocketChannel> sockets, Duration connectTimeout) {
    this(sockets, SocketChannel.class, connectTimeout, () -> OutboundAddresses.ANY);
  }

  /**
   * @param sockets makes sockets for the loops that will be given to {@link #dial}
   * @param socketType their class
   * @param outbound which of our addresses they come from: OutboundBindAddressExit
   */
  public TcpDialer(
      ChannelFactory<? extends SocketChannel> sockets,
      Class<? extends SocketChannel> socketType,
      Duration connectTimeout,
      Supplier<OutboundAddresses> outbound) {
    this.socketType = socketType;
    this.outbound = outbound;
    this.template =
        new Bootstrap()
            .channelFactory(sockets)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
            .handler(ByteBridge.noHandler());
    ByteBridge.configureSocket(template::option);
  }

  /**
   * Starts to connect.
   *
   * @param loop to register the socket with
   * @param address numeric
   */
  public ChannelFuture dial(EventLoop loop, InetSocketAddress address) {
    return outbound.get().connect(template.clone(loop), socketType, address);
  }

  /** The END reason for a connection that did not come about. */
  public static EndReason reason(Throwable failure) {
    return switch (failure) {
      case ConnectTimeoutException _ -> EndReason.TIMEOUT; // a ConnectException too
      case NoRouteToHostException _ -> EndReason.NOROUTE;
      case BindException _ -> EndReason.RESOURCELIMIT;
      case ConnectException _ -> EndReason.CONNECTREFUSED;
      case ChannelException _ -> EndReason.RESOURCELIMIT; // no file descriptor left
      default -> EndReason.MISC;
    };
  }
}
