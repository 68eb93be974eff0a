package org.tunic.index.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.web.Query;
import org.tunic.index.web.Site;
import org.tunic.index.web.WebRequest;
import org.tunic.index.web.WebResponse;

/**
 * The requests of one channel, one at a time: collected, answered on a worker, written. While one
 * is answered nothing more is read.
 *
 * <p>Threads: event loop of the channel.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  /** Pieces of further requests that came with the last read. */
  static final int MAX_WAITING = 64;

  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\\[[0-9a-fA-F:.]{2,45}\\](:[0-9]{1,5})?");
  private static final String COOKIE = ResponseHead.COOKIE + "=";
  private static final int POST_COST = 10;
  private static final int SEARCH_COST = 2;

  /** What the channel does. */
  private sealed interface State {
    /** Waits for a request. */
    record Idle() implements State {}

    /** Collects the body of one. */
    record Receiving(HttpRequest request, ByteBuf body, int most) implements State {}

    /** A worker answers one, or the answer is being written. */
    record Answering() implements State {}

    /** Nothing more is answered. */
    record Closing() implements State {}
  }

  private final IndexServer server;
  private final Optional<Allowance> allowance;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
  private State state = new State.Idle();
  private @Nullable ScheduledFuture<?> timer;
  private long deadlineNanos;

  RequestHandler(IndexServer server, Optional<Allowance> allowance) {
    this.server = server;
    this.allowance = allowance;
  }

  // ---- time

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    within(IndexServer.REQUEST_TIMEOUT);
    schedule(ctx, IndexServer.REQUEST_TIMEOUT.toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    if (state instanceof State.Receiving receiving) {
      drop(receiving);
    }
    state = new State.Closing();
  }

  private void within(Duration time) {
    deadlineNanos = server.nanoClock().getAsLong() + time.toNanos();
  }

  /** A timer that looks when it runs off is cheaper than one that every request moves. */
  private void schedule(ChannelHandlerContext ctx, long delayNanos) {
    timer = ctx.executor().schedule(() -> look(ctx), delayNanos, TimeUnit.NANOSECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    long left = deadlineNanos - server.nanoClock().getAsLong();
    if (left <= 0) {
      ctx.close();
    } else {
      schedule(ctx, left);
    }
  }

  // ---- requests

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HttpObject part) || state instanceof State.Closing) {
      ReferenceCountUtil.release(message);
    } else if (state instanceof State.Answering) {
      waiting.add(part);
      if (waiting.size() > MAX_WAITING) {
        refuse(ctx, 400);
      }
    } else {
      take(ctx, part);
    }
  }

  private void take(ChannelHandlerContext ctx, HttpObject part) {
    try {
      if (part.decoderResult().isFailure()) {
        refuse(ctx, 400);
      } else if (part instanceof HttpRequest request) {
        begin(ctx, request);
      } else if (part instanceof HttpContent content
          && state instanceof State.Receiving receiving) {
        add(ctx, receiving, content);
      }
    } finally {
      ReferenceCountUtil.release(part);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    HttpMethod method = request.method();
    boolean post = method.equals(HttpMethod.POST);
    boolean upload = post && path(request).equals(Site.UPLOAD);
    if (!post && !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      refuse(ctx, 405);
    } else if (host(request).isEmpty()) {
      refuse(ctx, 400);
    } else if (allowance.isPresent() && !allowance.get().take(cost(request, post))) {
      refuse(ctx, 429);
    } else {
      int most = upload ? Site.MAX_BODY_BYTES : post ? Site.MAX_FORM_BYTES : 0;
      if (HttpUtil.getContentLength(request, 0L) > most) {
        refuse(ctx, 413);
        return;
      }
      within(upload ? IndexServer.UPLOAD_TIMEOUT : IndexServer.REQUEST_TIMEOUT);
      state = new State.Receiving(request, Unpooled.buffer(0, Math.max(most, 1)), most);
      if (HttpUtil.is100ContinueExpected(request)) {
        ctx.writeAndFlush(ResponseHead.proceed(ctx.alloc()));
      }
    }
  }

  private static int cost(HttpRequest request, boolean post) {
    return switch (path(request)) {
      case "/search", "/api", "/rss", "/catalogue" -> SEARCH_COST;
      default -> post ? POST_COST : 1;
    };
  }

  private void add(ChannelHandlerContext ctx, State.Receiving receiving, HttpContent content) {
    int more = content.content().readableBytes();
    if (receiving.body.readableBytes() + more > receiving.most) {
      refuse(ctx, 413);
      return;
    }
    if (server.bodies().addAndGet(more) > IndexServer.MAX_BODIES_BYTES) {
      server.bodies().addAndGet(-more);
      refuse(ctx, 503);
      return;
    }
    receiving.body.writeBytes(content.content());
    if (content instanceof LastHttpContent) {
      answer(ctx, receiving);
    }
  }

  /** The path and what follows it; a client that takes us for a proxy names a host before it. */
  private static String target(HttpRequest request) {
    String uri = request.uri();
    String scheme = "http://";
    if (!uri.regionMatches(true, 0, scheme, 0, scheme.length())) {
      return uri;
    }
    int path = uri.indexOf('/', scheme.length());
    return path < 0 ? "/" : uri.substring(path);
  }

  private static String path(HttpRequest request) {
    String target = target(request);
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  /** What links in feeds begin with; empty for what is no name of a host. */
  private static String host(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST, "localhost");
    return HOST.matcher(host).matches() ? host : "";
  }

  private static String cookie(HttpRequest request) {
    for (String part : request.headers().get(HttpHeaderNames.COOKIE, "").split(";", 20)) {
      if (part.strip().startsWith(COOKIE)) {
        return part.strip().substring(COOKIE.length());
      }
    }
    return "";
  }

  private void answer(ChannelHandlerContext ctx, State.Receiving receiving) {
    HttpRequest request = receiving.request;
    byte[] body = new byte[receiving.body.readableBytes()];
    receiving.body.readBytes(body);
    receiving.body.release();
    String target = target(request);
    int mark = target.indexOf('?');
    boolean post = request.method().equals(HttpMethod.POST);
    WebRequest asked =
        new WebRequest(
            post,
            path(request),
            post || mark < 0 ? Query.EMPTY : Query.parse(target.substring(mark + 1)),
            host(request),
            cookie(request),
            request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
            Bytes.copyOf(body));
    boolean keep = HttpUtil.isKeepAlive(request);
    boolean headOnly = request.method().equals(HttpMethod.HEAD);
    state = new State.Answering();
    ctx.channel().config().setAutoRead(false);
    within(IndexServer.ANSWER_TIMEOUT);
    try {
      server
          .workers()
          .execute(
              () -> {
                WebResponse response;
                try {
                  response = server.site().answer(asked);
                } finally {
                  server.bodies().addAndGet(-body.length);
                }
                ctx.executor().execute(() -> write(ctx, response, keep, headOnly));
              });
    } catch (RejectedExecutionException e) {
      server.bodies().addAndGet(-body.length);
      refuse(ctx, 503);
    }
  }

  private void drop(State.Receiving receiving) {
    server.bodies().addAndGet(-receiving.body.readableBytes());
    receiving.body.release();
  }

  // ---- answers

  private void write(
      ChannelHandlerContext ctx, WebResponse response, boolean keep, boolean headOnly) {
    if (state instanceof State.Closing) {
      return;
    }
    ByteBuf out = ResponseHead.of(ctx.alloc(), response, keep);
    if (!headOnly) {
      out.writeBytes(response.body().toArray());
    }
    if (!keep) {
      state = new State.Closing();
      ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    ctx.writeAndFlush(out)
        .addListener(
            written -> {
              if (written.isSuccess() && state instanceof State.Answering) {
                next(ctx);
              }
            });
  }

  private void next(ChannelHandlerContext ctx) {
    state = new State.Idle();
    within(IndexServer.IDLE_TIMEOUT);
    while (!waiting.isEmpty()
        && !(state instanceof State.Answering)
        && !(state instanceof State.Closing)) {
      take(ctx, waiting.remove());
    }
    if (state instanceof State.Idle || state instanceof State.Receiving) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  /** Says what is wrong with the HTTP, and closes. */
  private void refuse(ChannelHandlerContext ctx, int status) {
    if (state instanceof State.Receiving receiving) {
      drop(receiving);
    }
    state = new State.Closing();
    WebResponse response =
        WebResponse.text(status, "text/plain; charset=utf-8", ResponseHead.words(status) + "\n");
    ByteBuf out = ResponseHead.of(ctx.alloc(), response, false);
    out.writeBytes(response.body().toArray());
    ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
