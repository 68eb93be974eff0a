package org.tunic.router.stream.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;

/**
 * One connection to a SOCKS port until it has said what it wants; then {@link EntryHandler} takes
 * its place, and gets what came behind the request.
 *
 * <p>Threads: event loop of the connection.
 */
final class SocksHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(SocksHandler.class);

  private static final byte[] HTTP_PAGE =
      """
      HTTP/1.0 501 Tor is not an HTTP Proxy\r
      Content-Type: text/html; charset=utf-8\r
      Connection: close\r
      \r
      <!DOCTYPE html>
      <html><head><title>This is a SOCKS port</title></head><body>
      <h1>This port speaks SOCKS, not HTTP</h1>
      <p>Your program talks to this port as if it were a web proxy. It is a SOCKS proxy: set it as
      SOCKS 5 host in the proxy settings, with host names looked up by the proxy, or use
      <code>curl --socks5-hostname</code>. For programs that know HTTP CONNECT only there is
      HTTPTunnelPort. Nothing was sent into the network.</p>
      </body></html>
      """
          .getBytes(StandardCharsets.UTF_8);

  private final EntryListener port;
  private final SocksParser parser;
  private boolean done;
  private boolean handedOver;

  /** The negotiation so far. */
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  private @Nullable ScheduledFuture<?> timeout;

  SocksHandler(EntryListener port) {
    this.port = port;
    this.parser = new SocksParser(port.settings().preferNoAuth());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    received = ctx.alloc().buffer(128);
    timeout =
        ctx.executor()
            .schedule(
                () -> ctx.close(),
                port.settings().negotiationTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!done && message instanceof ByteBuf in) {
        received.writeBytes(in);
        negotiate(ctx);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void negotiate(ChannelHandlerContext ctx) {
    while (!done) {
      switch (parser.next(received)) {
        case SocksParser.NeedMore _ -> {
          return;
        }
        case SocksParser.Answer(Bytes reply) ->
            ctx.writeAndFlush(Unpooled.wrappedBuffer(reply.toArray()));
        case SocksParser.Requested(EntryRequest request) -> handOver(ctx, request);
        case SocksParser.Refused(Bytes reply) -> finish(ctx, reply.toArray());
        case SocksParser.SpokeHttp _ -> finish(ctx, HTTP_PAGE);
      }
    }
  }

  private void handOver(ChannelHandlerContext ctx, EntryRequest request) {
    done = true;
    handedOver = true;
    ByteBuf rest = received;
    received = Unpooled.EMPTY_BUFFER;
    SocksAnswers answers = new SocksAnswers(request.version(), port.settings().extendedErrors());
    ctx.pipeline().replace(this, null, new EntryHandler(port, request, answers));
    ctx.pipeline().fireChannelRead(rest);
  }

  /** Sends the last bytes, if any, and closes. */
  private void finish(ChannelHandlerContext ctx, byte[] last) {
    done = true;
    ctx.writeAndFlush(Unpooled.wrappedBuffer(last)).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !done) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("SOCKS connection failed: {}", cause.getClass().getSimpleName());
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
    received.release();
    received = Unpooled.EMPTY_BUFFER;
  }
}
