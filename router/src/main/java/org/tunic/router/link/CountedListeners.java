package org.tunic.router.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.ConnectionCounters;
import org.tunic.router.limits.ConnectionKind;

/**
 * Makes listening sockets that count themselves and what they accept, and that close a connection
 * from an address their policy refuses before anything is read from it.
 *
 * <p>Threads: any; each socket on its own loop.
 */
public final class CountedListeners implements ChannelFactory<ServerChannel> {
  private final ChannelFactory<? extends ServerSocketChannel> plain;
  private final ConnectionKind listener;
  private final ConnectionKind accepted;
  private final ConnectionCounters counters;
  private final Predicate<InetAddress> admits;

  /**
   * @param plain makes the sockets
   * @param listener what they count as
   * @param accepted what the connections they accept count as
   * @param admits whom a connection is accepted from
   */
  public CountedListeners(
      ChannelFactory<? extends ServerSocketChannel> plain,
      ConnectionKind listener,
      ConnectionKind accepted,
      ConnectionCounters counters,
      Predicate<InetAddress> admits) {
    this.plain = plain;
    this.listener = listener;
    this.accepted = accepted;
    this.counters = counters;
    this.admits = admits;
  }

  @Override
  public ServerChannel newChannel() {
    ServerSocketChannel socket = plain.newChannel();
    socket.pipeline().addFirst(new Door());
    return socket;
  }

  private static boolean isIpv6(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
  }

  /** Stands before the handler that takes new connections in. */
  private final class Door extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      count(ctx.channel(), listener, true, isIpv6(ctx.channel().localAddress()));
      ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Channel connection) {
        boolean ipv6 = isIpv6(connection.remoteAddress());
        if (!(connection.remoteAddress() instanceof InetSocketAddress remote)
            || !admits.test(remote.getAddress())) {
          counters.rejected(accepted, ipv6);
          connection.unsafe().closeForcibly();
          return;
        }
        count(connection, accepted, false, ipv6);
      }
      ctx.fireChannelRead(message);
    }
  }

  private void count(Channel channel, ConnectionKind kind, boolean initiated, boolean ipv6) {
    counters.created(kind, initiated, ipv6);
    channel.closeFuture().addListener(_ -> counters.closed(kind, initiated, ipv6));
  }
}
