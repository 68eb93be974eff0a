package org.tunic.router.stream.begindir;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.DataStream;

/**
 * One exchange on one channel: writes the request, gathers the answer, and closes.
 *
 * <p>Threads: event loop of the channel; the result may be awaited anywhere.
 */
final class DirClientHandler extends ChannelInboundHandlerAdapter {
  /** Bytes on the wire that even the smallest answer may have. */
  private static final int MIN_WIRE_BYTES = 64 * 1024;

  /** A whole answer, body as it came. */
  static final class Raw {
    final HttpResponse head;
    final byte[] body;

    Raw(HttpResponse head, byte[] body) {
      this.head = head;
      this.body = body;
    }
  }

  private final DirRequest request;
  private final String host;
  private final Duration stall;
  private final int maxWireBytes;
  private final CompletableFuture<Raw> result = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable HttpResponse head;

  /** Counts whatever moves; the stall check compares. */
  private long progress;

  private @Nullable ScheduledFuture<?> watch;

  /**
   * @param host value of the Host header
   * @param stall longest time without progress
   */
  DirClientHandler(DirRequest request, String host, Duration stall) {
    this.request = request;
    this.host = host;
    this.stall = stall;
    this.maxWireBytes = Math.max(MIN_WIRE_BYTES, request.maxResponseBytes());
  }

  /** Completes with the answer, or fails with {@link DirFetchException}. */
  CompletableFuture<Raw> result() {
    return result;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      fail(ctx, Reason.UNREACHABLE, null);
      return;
    }
    ctx.writeAndFlush(message())
        .addListener(
            written -> {
              progress++;
              if (!written.isSuccess()) {
                fail(ctx, Reason.CUT_SHORT, written.cause());
              }
            });
    if (!result.isDone()) {
      watch(ctx);
    }
    ctx.channel().config().setAutoRead(true);
  }

  private FullHttpRequest message() {
    ByteBuf content = Unpooled.wrappedBuffer(request.body().toArray());
    FullHttpRequest message =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_0,
            HttpMethod.valueOf(request.method().name()),
            request.path(),
            content);
    message.headers().set("Host", host);
    for (DirHeaders.Field field : request.headers().fields()) {
      message.headers().add(field.name(), field.value());
    }
    if (request.method() == DirRequest.Method.POST) {
      message.headers().set("Content-Length", request.body().length());
    } else if (!message.headers().contains("Accept-Encoding")) {
      message.headers().set("Accept-Encoding", ContentCoding.ACCEPTED);
    }
    return message;
  }

  private void watch(ChannelHandlerContext ctx) {
    long before = progress;
    watch =
        ctx.executor()
            .schedule(
                () -> {
                  if (progress == before) {
                    fail(ctx, Reason.TIMEOUT, null);
                  } else {
                    watch(ctx);
                  }
                },
                stall.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      progress++;
      if (result.isDone() || !(message instanceof HttpObject part)) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        fail(ctx, Reason.MALFORMED, part.decoderResult().cause());
        return;
      }
      if (part instanceof HttpResponse response) {
        head = response;
      }
      if (part instanceof HttpContent content) {
        gather(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void gather(ChannelHandlerContext ctx, HttpContent content) {
    ByteBuf piece = content.content();
    if (piece.readableBytes() > maxWireBytes - body.size()) {
      fail(ctx, Reason.TOO_LARGE, null);
      return;
    }
    try {
      piece.readBytes(body, piece.readableBytes());
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    HttpResponse response = head;
    if (content instanceof LastHttpContent && response != null) {
      if (endedBadly(ctx)) {
        // Without a length the end of the stream is the end of the body, if it is an honest end.
        fail(ctx, Reason.CUT_SHORT, null);
        return;
      }
      result.complete(new Raw(response, body.toByteArray()));
      end(ctx);
    }
  }

  private static boolean endedBadly(ChannelHandlerContext ctx) {
    return ctx.channel() instanceof DataStream stream
        && !stream.isOpen()
        && !stream.endReason().equals(EndReason.DONE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, head == null && body.size() == 0 ? Reason.UNREACHABLE : Reason.CUT_SHORT, null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause instanceof IOException ? Reason.CUT_SHORT : Reason.MALFORMED, cause);
  }

  private void fail(ChannelHandlerContext ctx, Reason reason, @Nullable Throwable cause) {
    result.completeExceptionally(new DirFetchException(reason, cause));
    end(ctx);
  }

  /** The stall check would keep the whole answer for as long as it waits. */
  private void end(ChannelHandlerContext ctx) {
    if (watch != null) {
      watch.cancel(false);
    }
    ctx.close();
  }
}
