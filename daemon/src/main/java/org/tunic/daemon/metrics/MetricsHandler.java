package org.tunic.daemon.metrics;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request at the MetricsPort and its answer, behind which the connection closes. Status codes
 * are C tor's.
 *
 * <p>Threads: event loop of the connection.
 */
final class MetricsHandler extends ChannelInboundHandlerAdapter {
  private static final String PATH = "/metrics";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Supplier<String> text;
  private final Executor executor;
  private final InstantSource clock;
  private @Nullable ScheduledFuture<?> watch;

  /** The first request decides; what follows it is thrown away. */
  private boolean asked;

  MetricsHandler(Supplier<String> text, Executor executor, InstantSource clock) {
    this.text = text;
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    watch =
        ctx.executor()
            .schedule(() -> ctx.close(), MetricsListener.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (watch != null) {
      watch.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!asked && message instanceof HttpObject part) {
        if (part.decoderResult().isFailure()) {
          asked = true;
          answer(ctx, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
        } else if (part instanceof HttpRequest request) {
          asked = true;
          onRequest(ctx, request);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      answer(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, Unpooled.EMPTY_BUFFER);
    } else if (!request.uri().equals(PATH)) {
      answer(ctx, HttpResponseStatus.NOT_FOUND, Unpooled.EMPTY_BUFFER);
    } else {
      try {
        executor.execute(() -> collect(ctx));
      } catch (RejectedExecutionException e) {
        answer(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
      }
    }
  }

  private void collect(ChannelHandlerContext ctx) {
    ByteBuf body = Unpooled.copiedBuffer(text.get(), StandardCharsets.UTF_8);
    ctx.executor().execute(() -> answer(ctx, HttpResponseStatus.OK, body));
  }

  private void answer(ChannelHandlerContext ctx, HttpResponseStatus status, ByteBuf body) {
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_0, status, body);
    HttpHeaders fields = response.headers();
    if (status.equals(HttpResponseStatus.OK)) {
      fields.set("Date", DATE.format(clock.instant()));
      fields.set("Content-Type", "text/plain; charset=utf-8");
    }
    fields.set("Content-Length", body.readableBytes());
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
