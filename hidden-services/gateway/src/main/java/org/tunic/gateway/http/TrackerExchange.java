package org.tunic.gateway.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.gateway.announce.TrackerAnswer;

/**
 * One request to a tracker on a stream of its own. Redirections are not followed and whatever is no
 * plain answer of status 200 is none.
 *
 * <p>Bounds: a header of {@link #MAX_HEADER_BYTES}, a body of {@link TrackerAnswer#MAX_BYTES}.
 *
 * <p>Threads: event loop of the stream; begun from any.
 */
public final class TrackerExchange extends ChannelInboundHandlerAdapter {
  /** Bytes of status line and headers of an answer, each. */
  static final int MAX_HEADER_BYTES = 4096;

  private final CompletableFuture<Bytes> body;

  private TrackerExchange(CompletableFuture<Bytes> body) {
    this.body = body;
  }

  /**
   * Asks. The stream is closed once the future is done.
   *
   * @param stream fresh, reading off
   * @param request line and headers, ASCII
   * @return the body; fails with {@link IOException} if there is none
   */
  public static CompletableFuture<Bytes> ask(Channel stream, String request) {
    CompletableFuture<Bytes> body = new CompletableFuture<>();
    body.whenComplete((_, _) -> stream.close());
    stream
        .pipeline()
        .addLast(
            new HttpResponseDecoder(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_HEADER_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)),
            new HttpObjectAggregator(TrackerAnswer.MAX_BYTES),
            new TrackerExchange(body));
    stream.config().setAutoRead(true);
    stream
        .writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                body.completeExceptionally(new IOException("the tracker went away"));
              }
            });
    return body;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof FullHttpResponse response
          && response.decoderResult().isSuccess()
          && response.status().equals(HttpResponseStatus.OK)
          && !response.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
        body.complete(Bytes.copyOf(ByteBufUtil.getBytes(response.content())));
      } else {
        body.completeExceptionally(new IOException("no plain answer"));
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    body.completeExceptionally(new IOException("the tracker went away"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    body.completeExceptionally(new IOException("no answer of a tracker"));
  }
}
