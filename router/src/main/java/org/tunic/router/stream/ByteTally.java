package org.tunic.router.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.function.IntConsumer;

/**
 * Counts the bytes that pass a place in a pipeline.
 *
 * <p>Threads: event loop of the channel.
 */
public final class ByteTally extends ChannelDuplexHandler {
  private final IntConsumer read;
  private final IntConsumer written;

  /**
   * @param read told how many bytes came, each time
   * @param written told how many go
   */
  public ByteTally(IntConsumer read, IntConsumer written) {
    this.read = read;
    this.written = written;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      read.accept(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      written.accept(bytes.readableBytes());
    }
    ctx.write(message, promise);
  }
}
