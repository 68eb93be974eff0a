package org.tunic.router.link;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.ConnectionKind;
import org.tunic.router.limits.TrafficCounters;

/**
 * Makes connecting sockets that count themselves when they begin to connect. Exit connections count
 * their bytes too; a link does so for itself, next to its limits.
 *
 * <p>Threads: any; each socket on its own loop.
 */
public final class CountedSockets implements ChannelFactory<SocketChannel> {
  private final ChannelFactory<? extends SocketChannel> plain;
  private final ConnectionKind kind;
  private final TrafficCounters counters;

  /**
   * @param plain makes the sockets
   * @param kind what they count as
   */
  public CountedSockets(
      ChannelFactory<? extends SocketChannel> plain,
      ConnectionKind kind,
      TrafficCounters counters) {
    this.plain = plain;
    this.kind = kind;
    this.counters = counters;
  }

  @Override
  public SocketChannel newChannel() {
    SocketChannel socket = plain.newChannel();
    socket.pipeline().addFirst(new Departure());
    if (kind == ConnectionKind.EXIT) {
      socket.pipeline().addFirst(new CountedBytes(counters));
    }
    return socket;
  }

  private final class Departure extends ChannelOutboundHandlerAdapter {
    @Override
    public void connect(
        ChannelHandlerContext ctx,
        SocketAddress remote,
        @Nullable SocketAddress local,
        ChannelPromise promise) {
      boolean ipv6 =
          remote instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
      counters.connections().created(kind, true, ipv6);
      ctx.channel().closeFuture().addListener(_ -> counters.connections().closed(kind, true, ipv6));
      promise.addListener(
          done -> {
            if (isOutOfPorts(done.cause())) {
              counters.addPortsExhausted();
            }
          });
      ctx.connect(remote, local, promise);
      ctx.pipeline().remove(this);
    }
  }

  /** EADDRNOTAVAIL: no local port is left for this target. */
  static boolean isOutOfPorts(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof BindException
          || (message != null && message.contains("Cannot assign requested address"))) {
        return true;
      }
    }
    return false;
  }
}
