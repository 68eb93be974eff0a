package org.tunic.router.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.tunic.router.limits.TrafficCounters;

/**
 * Counts the bytes of one connection that no limit slows down, next to its socket.
 *
 * <p>Threads: event loop of the connection.
 */
public final class CountedBytes extends ChannelDuplexHandler {
  private final TrafficCounters counters;
  private TrafficCounters.Meter meter;

  /** Counts for {@code counters}. */
  public CountedBytes(TrafficCounters counters) {
    this.counters = counters;
    this.meter = counters.meter(null);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    meter = counters.meter(ctx.channel().remoteAddress()); // nowhere yet, if it is to connect
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    meter = counters.meter(ctx.channel().remoteAddress());
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      meter.read(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      meter.written(bytes.readableBytes());
    }
    ctx.write(message, promise);
  }
}
