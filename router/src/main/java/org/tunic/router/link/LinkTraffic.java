package org.tunic.router.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.tunic.router.limits.TrafficCounters;

/**
 * Counts the bytes of one connection, next to its socket: TLS included, TCP and IP not.
 *
 * <p>Threads: event loop of the connection.
 */
final class LinkTraffic extends ChannelDuplexHandler {
  private final TrafficCounters counters;

  LinkTraffic(TrafficCounters counters) {
    this.counters = counters;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      counters.addRead(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      counters.addWritten(bytes.readableBytes());
    }
    ctx.write(message, promise);
  }
}
