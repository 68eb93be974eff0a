package org.tunic.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.gateway.Gateway;
import org.tunic.gateway.GatewayCounters.Kind;
import org.tunic.gateway.announce.TrackerAnswer;
import org.tunic.gateway.http.LocalRules.Verdict;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.request.ScrapeRequest;

/**
 * One request of a client. What is wrong with it is said in an answer of status 200 if the client
 * may ask at all, because clients do not read others.
 *
 * <p>Threads: event loop of the channel; trackers are asked on a virtual thread.
 */
final class TrackerPortHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TrackerPortHandler.class);
  private static final int HEAD_BYTES = 128;

  private final Gateway gateway;
  private final LocalRules rules;
  private final Semaphore asking;
  private @Nullable ScheduledFuture<?> limit;
  private boolean asked;

  TrackerPortHandler(Gateway gateway, LocalRules rules, Semaphore asking) {
    this.gateway = gateway;
    this.rules = rules;
    this.asking = asking;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    limit =
        ctx.executor()
            .schedule(
                () -> ctx.close(), TrackerPort.REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelLimit();
  }

  private void cancelLimit() {
    if (limit != null) {
      limit.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest request && !asked) {
        asked = true;
        cancelLimit();
        onRequest(ctx, request);
      } else if (message instanceof HttpContent content && content.content().isReadable()) {
        ctx.close(); // requests have no body
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(ctx, "400 Bad Request", Kind.BAD_REQUESTS);
      return;
    }
    if (!request.method().equals(HttpMethod.GET)) {
      refuse(ctx, "405 Method Not Allowed", Kind.BAD_REQUESTS);
      return;
    }
    switch (rules.judge(request.uri(), request.headers())) {
      case Verdict.Refuse(String status, Kind kind) -> refuse(ctx, status, kind);
      case Verdict.Fail(String reason, Kind kind) -> fail(ctx, reason, kind);
      case Verdict.Ask ask -> ask(ctx, ask);
    }
  }

  private void ask(ChannelHandlerContext ctx, Verdict.Ask ask) {
    try {
      switch (ask.asked().what()) {
        case ANNOUNCE -> {
          AnnounceRequest announce = AnnounceRequest.parse(ask.query());
          converse(ctx, () -> gateway.announce(ask.asked().tracker(), announce));
        }
        case SCRAPE -> {
          ScrapeRequest scrape = ScrapeRequest.parse(ask.query());
          converse(ctx, () -> gateway.scrape(ask.asked().tracker(), scrape));
        }
      }
    } catch (RequestException e) {
      fail(ctx, e.reason(), Kind.BAD_REQUESTS);
    }
  }

  /** A conversation with trackers. */
  private interface Conversation {
    byte[] hold() throws InterruptedException;
  }

  private void converse(ChannelHandlerContext ctx, Conversation conversation) {
    if (!asking.tryAcquire()) {
      fail(ctx, "the gateway is busy", Kind.NO_ROOM);
      return;
    }
    Thread.ofVirtual()
        .name("tracker request")
        .start(
            () -> {
              byte[] answer = TrackerAnswer.failure("the gateway stumbled");
              try {
                answer = conversation.hold();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                LOG.error("A request to a tracker stumbled; this is a bug", e);
              } finally {
                asking.release();
                byte[] body = answer;
                ctx.executor().execute(() -> say(ctx, body));
              }
            });
  }

  private void fail(ChannelHandlerContext ctx, String reason, Kind kind) {
    gateway.counters().count(kind);
    say(ctx, TrackerAnswer.failure(reason));
  }

  private static void say(ChannelHandlerContext ctx, byte[] body) {
    end(ctx, "200 OK\r\nContent-Type: text/plain", body);
  }

  private void refuse(ChannelHandlerContext ctx, String status, Kind kind) {
    gateway.counters().count(kind);
    end(
        ctx,
        status.startsWith("407")
            ? status + "\r\nProxy-Authenticate: Basic realm=\"gateway\""
            : status,
        new byte[0]);
  }

  private static void end(ChannelHandlerContext ctx, String head, byte[] body) {
    ByteBuf out = ctx.alloc().buffer(HEAD_BYTES + body.length);
    ByteBufUtil.writeAscii(
        out,
        "HTTP/1.1 "
            + head
            + "\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n");
    out.writeBytes(body);
    ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
