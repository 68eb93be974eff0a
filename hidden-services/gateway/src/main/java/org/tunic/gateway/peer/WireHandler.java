package org.tunic.gateway.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * A {@link WireFilter} in the pipeline of the channel that it reads from.
 *
 * <p>Threads: event loop of the channel.
 */
final class WireHandler extends ChannelInboundHandlerAdapter {
  private final WireFilter filter;
  private final Runnable onViolation;

  /**
   * @param onViolation told before the channel is closed for what it said
   */
  WireHandler(WireFilter filter, Runnable onViolation) {
    this.filter = filter;
    this.onViolation = onViolation;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ctx.fireChannelRead(message);
      return;
    }
    ByteBuf out = ctx.alloc().buffer(in.readableBytes() + WireFilter.HANDSHAKE_BYTES);
    boolean good = true;
    try {
      filter.filter(in, out);
    } catch (WireViolation e) {
      good = false;
    } finally {
      in.release();
    }
    if (out.isReadable()) {
      ctx.fireChannelRead(out);
    } else {
      out.release();
    }
    if (!good) {
      onViolation.run();
      ctx.close();
    }
  }
}
