package org.tunic.router.stream.socks;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;

/**
 * One connection to an entry port until it has said what it wants, for which it has a limited time;
 * then {@link EntryHandler} takes its place.
 *
 * <p>Threads: event loop of the connection.
 */
abstract class NegotiationHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(NegotiationHandler.class);

  final EntryListener port;
  private boolean done;
  private boolean handedOver;
  private @Nullable ScheduledFuture<?> timeout;

  NegotiationHandler(EntryListener port) {
    this.port = port;
  }

  /** Whether all has been said, so that what still comes is dropped. */
  final boolean isDone() {
    return done;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> ctx.close(),
                port.settings().negotiationTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Puts the handler of the request in place of this one. */
  final void handOver(ChannelHandlerContext ctx, EntryRequest request, EntryAnswers answers) {
    done = true;
    handedOver = true;
    ctx.pipeline().replace(this, null, new EntryHandler(port, request, answers));
  }

  /** Sends the last bytes, if any, and closes. */
  final void finish(ChannelHandlerContext ctx, Bytes last) {
    done = true;
    ctx.writeAndFlush(Unpooled.wrappedBuffer(last.toArray()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Closes without a word. */
  final void closeSilently(ChannelHandlerContext ctx) {
    log.debug("closed without an answer");
    done = true;
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !done) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection to an entry port failed: {}", cause.getClass().getSimpleName());
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (!handedOver) {
      port.negotiated();
    }
  }
}
