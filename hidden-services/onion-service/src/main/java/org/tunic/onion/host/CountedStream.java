package org.tunic.onion.host;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Counts what one visitor's stream carries; stands first in its pipeline.
 *
 * <p>Threads: event loop of the circuit.
 */
final class CountedStream extends ChannelDuplexHandler {
  private final HsCounters.PortBytes bytes;

  CountedStream(HsCounters.PortBytes bytes) {
    this.bytes = bytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf data) {
      bytes.wrote(data.readableBytes());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf data) {
      bytes.readSome(data.readableBytes());
    }
    ctx.write(message, promise);
  }
}
