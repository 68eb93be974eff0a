package org.tunic.router.stream.begindir;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.tunic.router.limits.TrafficCounters;

/**
 * Counts the bytes of a directory request and of its answer, over whatever they come.
 *
 * <p>Threads: event loop of the channel.
 */
final class DirectoryBytes extends ChannelDuplexHandler {
  private final TrafficCounters counters;

  DirectoryBytes(TrafficCounters counters) {
    this.counters = counters;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      counters.addDirectoryRead(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      counters.addDirectoryWritten(bytes.readableBytes());
    }
    ctx.write(message, promise);
  }
}
