package org.tunic.router.stream.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;

/**
 * One connection to a SOCKS port until it has said what it wants; then {@link EntryHandler} takes
 * its place, and gets what came behind the request.
 *
 * <p>Threads: event loop of the connection.
 */
final class SocksHandler extends NegotiationHandler {
  private static final Bytes HTTP_PAGE =
      Bytes.copyOf(
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
              .getBytes(StandardCharsets.UTF_8));

  private final SocksParser parser;

  /** The negotiation so far. */
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  SocksHandler(EntryListener port) {
    super(port);
    this.parser = new SocksParser(port.settings().preferNoAuth());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    received = ctx.alloc().buffer(128);
    super.handlerAdded(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!isDone() && message instanceof ByteBuf in) {
        received.writeBytes(in);
        negotiate(ctx);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void negotiate(ChannelHandlerContext ctx) {
    while (!isDone()) {
      switch (parser.next(received)) {
        case SocksParser.NeedMore _ -> {
          return;
        }
        case SocksParser.Answer(Bytes reply) ->
            ctx.writeAndFlush(Unpooled.wrappedBuffer(reply.toArray()));
        case SocksParser.Requested(EntryRequest request) -> handOver(ctx, request);
        case SocksParser.Refused(Bytes reply) -> finish(ctx, reply);
        case SocksParser.SpokeHttp _ -> finish(ctx, HTTP_PAGE);
      }
    }
  }

  private void handOver(ChannelHandlerContext ctx, EntryRequest request) {
    ByteBuf rest = received;
    received = Unpooled.EMPTY_BUFFER;
    SocksAnswers answers = new SocksAnswers(request.version(), port.settings().extendedErrors());
    handOver(ctx, request, answers);
    ctx.pipeline().fireChannelRead(rest);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    super.handlerRemoved(ctx);
    received.release();
    received = Unpooled.EMPTY_BUFFER;
  }
}
