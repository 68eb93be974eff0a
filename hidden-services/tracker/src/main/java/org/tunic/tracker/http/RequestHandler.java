package org.tunic.tracker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.tunic.tracker.Statistics;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.account.Admission;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.request.ScrapeRequest;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress;

/**
 * The requests of one channel, answered in their order. Whatever is wrong with a request for the
 * tracker is said in an answer of status 200: clients do not read others.
 *
 * <p>Answers carry neither date nor name of the server.
 *
 * <p>Threads: event loop of the channel.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  private static final String PROXY_HEADER = "X-Forwarded-For";
  private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
  private static final byte[] OK_JSON =
      ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] CLOSE = ascii("\r\nConnection: close\r\n\r\n");
  private static final byte[] KEEP_10 = ascii("\r\nConnection: keep-alive\r\n\r\n");
  private static final byte[] KEEP = ascii("\r\n\r\n");
  private static final int HEAD_BYTES = 128;

  private final Tracker tracker;
  private final Origin origin;
  private final ChannelWatch watch;
  private final Executor workers;

  /** Requests that came while one is being checked. */
  private final ArrayDeque<HttpRequest> waiting = new ArrayDeque<>();

  private boolean checking;

  /** Nothing more is answered: the channel closes. */
  private boolean closing;

  RequestHandler(Tracker tracker, Origin origin, ChannelWatch watch, Executor workers) {
    this.tracker = tracker;
    this.origin = origin;
    this.watch = watch;
    this.workers = workers;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (closing) {
        return;
      }
      if (message instanceof HttpRequest request) {
        onRequest(ctx, request);
      } else if (message instanceof HttpContent content) {
        onContent(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Requests have no body; its end is the end of the request. */
  private void onContent(ChannelHandlerContext ctx, HttpContent content) {
    if (content.decoderResult().isFailure() || content.content().isReadable()) {
      refuse(ctx, "400 Bad Request");
    } else if (content instanceof LastHttpContent) {
      watch.idle();
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      if (request.decoderResult().cause() instanceof TooLongFrameException) {
        tracker.counters().count(Kind.TOO_LONG);
      }
      refuse(ctx, "400 Bad Request");
    } else if (!request.method().equals(HttpMethod.GET)) {
      refuse(ctx, "405 Method Not Allowed");
    } else if (!checking) {
      answer(ctx, request);
    } else if (waiting.size() < TrackerServer.MAX_WAITING) {
      waiting.add(request);
      readOnlyIfIdle(ctx);
    } else {
      tracker.counters().count(Kind.TOO_MANY_WAITING);
      refuse(ctx, "400 Bad Request");
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.headers().contains(PROXY_HEADER) || request.headers().contains("Via")) {
      say(ctx, request, tracker.failure(Kind.INPROXIES, "proxies are not served"));
      return;
    }
    String target = target(request.uri());
    int mark = target.indexOf('?');
    RequestPath path = RequestPath.of(mark < 0 ? target : target.substring(0, mark));
    String query = mark < 0 ? "" : target.substring(mark + 1);
    try {
      switch (path.page()) {
        case "/announce" -> announce(ctx, request, AnnounceRequest.parse(query), path.passkey());
        case "/scrape" ->
            scrape(ctx, request, ScrapeRequest.parse(query), tracker.admit(path.passkey()));
        case "/stats" -> statistics(ctx, request, false);
        case "/stats.json" -> statistics(ctx, request, true);
        default -> refuse(ctx, "404 Not Found");
      }
    } catch (RequestException e) {
      say(ctx, request, tracker.failure(Kind.BAD_REQUESTS, e.reason()));
    }
  }

  /** The path and what follows it; a client that takes us for a proxy names a host before it. */
  private static String target(String uri) {
    String scheme = "http://";
    if (!uri.regionMatches(true, 0, scheme, 0, scheme.length())) {
      return uri;
    }
    int path = uri.indexOf('/', scheme.length());
    return path < 0 ? "/" : uri.substring(path);
  }

  private void announce(
      ChannelHandlerContext ctx, HttpRequest request, AnnounceRequest announce, String passkey) {
    Admission admission = tracker.admit(passkey);
    boolean refused = admission instanceof Admission.Refused;
    Optional<BencodeWriter> again =
        refused ? Optional.empty() : tracker.repeated(announce, origin.address(), origin.visitor());
    if (again.isPresent()) {
      say(ctx, request, again.get());
      return;
    }
    if (refused) {
      say(ctx, request, announced(announce, PeerAddress.NONE, admission));
      return;
    }
    if (!tracker.rules().isHeavy(announce)) {
      PeerAddress address = decide(announce);
      whenFresh(
          ctx,
          List.of(announce.torrent()),
          () -> say(ctx, request, announced(announce, address, admission)));
      return;
    }
    try {
      checking = true;
      workers.execute(
          () -> {
            PeerAddress address = decide(announce);
            ctx.executor()
                .execute(
                    () ->
                        whenFresh(
                            ctx,
                            List.of(announce.torrent()),
                            () -> say(ctx, request, announced(announce, address, admission))));
          });
    } catch (RejectedExecutionException e) {
      checking = false;
      say(ctx, request, tracker.failure(Kind.BUSY, "the tracker is busy"));
    }
  }

  private void scrape(
      ChannelHandlerContext ctx, HttpRequest request, ScrapeRequest scrape, Admission admission) {
    whenFresh(
        ctx,
        scrape.torrents(),
        () -> say(ctx, request, tracker.scrape(scrape, origin.visitor(), admission)));
  }

  /** Answers when what others know of the torrents is here; requests behind this one wait. */
  private void whenFresh(ChannelHandlerContext ctx, List<InfoHash> torrents, Runnable answer) {
    Optional<CompletionStage<Void>> fresh = tracker.freshen(torrents);
    if (fresh.isPresent()) {
      checking = true;
      fresh.get().whenComplete((_, _) -> ctx.executor().execute(() -> checked(ctx, answer)));
    } else if (checking) {
      checked(ctx, answer);
    } else {
      answer.run();
    }
  }

  private PeerAddress decide(AnnounceRequest announce) {
    return tracker.rules().decide(announce, origin.address());
  }

  private BencodeWriter announced(
      AnnounceRequest announce, PeerAddress address, Admission admission) {
    return tracker.announce(announce, address, origin.address(), origin.visitor(), admission);
  }

  private void checked(ChannelHandlerContext ctx, Runnable answer) {
    checking = false;
    if (closing) {
      return;
    }
    answer.run();
    while (!checking && !closing && !waiting.isEmpty()) {
      answer(ctx, waiting.remove());
    }
    readOnlyIfIdle(ctx);
    ctx.flush();
  }

  private void statistics(ChannelHandlerContext ctx, HttpRequest request, boolean json) {
    Optional<Statistics> statistics = tracker.statistics(origin.visitor());
    if (statistics.isEmpty()) {
      refuse(ctx, "429 Too Many Requests");
      return;
    }
    byte[] text =
        (json ? statistics.get().json() : statistics.get().text())
            .getBytes(StandardCharsets.US_ASCII);
    write(ctx, request, json ? OK_JSON : OK, text, text.length);
  }

  private void say(ChannelHandlerContext ctx, HttpRequest request, BencodeWriter answer) {
    write(ctx, request, OK, answer.array(), answer.length());
    if (origin.visitor().isIncorrigible()) {
      origin.expel().run();
    }
  }

  private void write(
      ChannelHandlerContext ctx, HttpRequest request, byte[] head, byte[] body, int length) {
    boolean keep = HttpUtil.isKeepAlive(request);
    ByteBuf out = ctx.alloc().buffer(HEAD_BYTES + length);
    out.writeBytes(head).writeBytes(LENGTH);
    ByteBufUtil.writeAscii(out, Integer.toString(length));
    out.writeBytes(
        !keep ? CLOSE : request.protocolVersion().equals(HttpVersion.HTTP_1_0) ? KEEP_10 : KEEP);
    out.writeBytes(body, 0, length);
    if (keep) {
      ctx.write(out, ctx.voidPromise());
    } else {
      closing = true;
      ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Says what is wrong with the HTTP, and closes. */
  private void refuse(ChannelHandlerContext ctx, String status) {
    tracker.counters().count(Kind.BAD_REQUESTS);
    closing = true;
    waiting.clear();
    ByteBuf out = ctx.alloc().buffer(HEAD_BYTES);
    ByteBufUtil.writeAscii(
        out, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    readOnlyIfIdle(ctx);
  }

  /** Who does not read its answers, or asks while we think, is not read from. */
  private void readOnlyIfIdle(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(waiting.isEmpty() && ctx.channel().isWritable());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
