package org.tunic.router.stream.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * One connection of an application: negotiates, asks for a stream, answers, and joins the two.
 *
 * <p>What the application sends behind its request without waiting for the answer is kept, up to
 * {@link #MAX_EARLY_BYTES}, and written to the stream as soon as there is one, before it is
 * connected if the stream allows that (optimistic data).
 *
 * <p>Threads: event loop of the connection.
 */
final class SocksHandler extends ChannelInboundHandlerAdapter {
  /** Bytes kept of what comes before the stream; then reading stops. */
  static final int MAX_EARLY_BYTES = 16 * 1024;

  /** As long as a paused application may leave the tail of a stream that ended unread. */
  private static final Duration STALL_LIMIT = Duration.ofMinutes(10);

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
      <code>curl --socks5-hostname</code>. Nothing was sent into the network.</p>
      </body></html>
      """
          .getBytes(StandardCharsets.UTF_8);

  private enum State {
    NEGOTIATING,
    /** A stream or an answer is on its way. */
    WAITING,
    /** Joined, refused or gone. */
    DONE
  }

  private final SocksListener port;
  private final SocksParser parser;
  private State state = State.NEGOTIATING;

  /** The negotiation so far, later what is for the stream. */
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  private @Nullable ScheduledFuture<?> timeout;

  SocksHandler(SocksListener port) {
    this.port = port;
    this.parser = new SocksParser(port.settings().preferNoAuth());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    received = ctx.alloc().buffer(128);
    timeout = after(ctx, port.settings().negotiationTimeout(), () -> ctx.close());
  }

  private static ScheduledFuture<?> after(
      ChannelHandlerContext ctx, Duration delay, Runnable task) {
    return ctx.executor().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.DONE || !(message instanceof ByteBuf in)) {
        return;
      }
      received.writeBytes(in);
      if (state == State.NEGOTIATING) {
        negotiate(ctx);
      }
      if (state == State.WAITING && received.readableBytes() >= MAX_EARLY_BYTES) {
        ctx.channel().config().setAutoRead(false);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void negotiate(ChannelHandlerContext ctx) {
    while (state == State.NEGOTIATING) {
      switch (parser.next(received)) {
        case SocksParser.NeedMore _ -> {
          return;
        }
        case SocksParser.Answer(Bytes reply) -> ctx.writeAndFlush(buffer(reply));
        case SocksParser.Requested(SocksRequest request) -> request(ctx, request);
        case SocksParser.Refused(Bytes reply) -> finish(ctx, buffer(reply));
        case SocksParser.SpokeHttp _ -> finish(ctx, Unpooled.wrappedBuffer(HTTP_PAGE));
      }
    }
  }

  private static ByteBuf buffer(Bytes bytes) {
    return Unpooled.wrappedBuffer(bytes.toArray());
  }

  // ---- what is asked for ----

  private void request(ChannelHandlerContext ctx, SocksRequest request) {
    cancelTimeout();
    state = State.WAITING;
    Optional<SocksReply> refusal = refusal(request);
    if (refusal.isPresent()) {
      refuse(ctx, request, refusal.get());
      return;
    }
    timeout =
        after(
            ctx,
            port.settings().requestTimeout(),
            () -> refuse(ctx, request, SocksReply.TTL_EXPIRED));
    received.discardReadBytes();
    IsolationKey isolation = isolation(ctx, request);
    switch (request.command()) {
      case CONNECT ->
          connect(ctx, request, new StreamRequest(request.target(), request.port(), isolation));
      case RESOLVE, RESOLVE_PTR ->
          resolve(ctx, request, new ResolveRequest(request.target(), isolation, StreamTerms.ANY));
    }
  }

  private Optional<SocksReply> refusal(SocksRequest request) {
    SocksSettings settings = port.settings();
    boolean lookup = request.command() != SocksCommand.CONNECT;
    return switch (request.target()) {
      case TargetHost.Literal(InetAddress address) -> {
        if (request.command() == SocksCommand.CONNECT && settings.safeSocks()) {
          yield Optional.of(SocksReply.NOT_ALLOWED);
        }
        yield settings.rejectInternal() && IpLiteral.isInternal(address)
            ? Optional.of(SocksReply.GENERAL_FAILURE)
            : Optional.empty();
      }
      case TargetHost.Name(String name) -> {
        if (name.endsWith(".exit")) {
          yield Optional.of(SocksReply.GENERAL_FAILURE); // would let a page choose its exit
        }
        yield lookup && name.endsWith(".onion")
            ? Optional.of(SocksReply.NOT_ALLOWED)
            : Optional.empty();
      }
    };
  }

  private IsolationKey isolation(ChannelHandlerContext ctx, SocksRequest request) {
    SocksSettings.Isolation by = port.settings().isolation();
    Bytes client =
        ctx.channel().remoteAddress() instanceof InetSocketAddress remote && by.clientAddress()
            ? Bytes.copyOf(remote.getAddress().getAddress())
            : Bytes.EMPTY;
    return new IsolationKey(
        port.settings().sessionGroup(),
        client,
        by.clientProtocol() ? request.version() : 0,
        by.socksAuth() ? request.user() : Bytes.EMPTY,
        by.socksAuth() ? request.password() : Bytes.EMPTY,
        by.destinationPort() ? request.port() : 0,
        by.destination() ? request.target().unredacted() : "");
  }

  private void resolve(ChannelHandlerContext ctx, SocksRequest request, ResolveRequest question) {
    if (request.command() == SocksCommand.RESOLVE
        && request.target() instanceof TargetHost.Literal(InetAddress address)) {
      finish(ctx, buffer(SocksReply.resolved(request.version(), address)));
      return;
    }
    Optional<CompletableFuture<Resolved>> asked = port.resolve(question);
    if (asked.isEmpty()) {
      refuse(ctx, request, SocksReply.COMMAND_NOT_SUPPORTED);
      return;
    }
    asked
        .get()
        .whenComplete(
            (resolved, failure) ->
                ctx.executor()
                    .execute(
                        () -> {
                          if (state != State.WAITING) {
                            return;
                          }
                          if (resolved == null) {
                            refuse(ctx, request, reply(failure));
                          } else {
                            finish(ctx, buffer(answer(request, resolved)));
                          }
                        }));
  }

  /** The first usable answer; a transient error and none at all look alike to SOCKS. */
  private static Bytes answer(SocksRequest request, Resolved resolved) {
    for (Resolved.Answer answer : resolved.answers()) {
      Optional<InetAddress> address = answer.inet();
      if (request.command() == SocksCommand.RESOLVE && address.isPresent()) {
        return SocksReply.resolved(request.version(), address.get());
      }
      if (request.command() == SocksCommand.RESOLVE_PTR && answer.type() == Resolved.HOSTNAME) {
        String name = new String(answer.value().toArray(), StandardCharsets.US_ASCII);
        return SocksReply.resolvedName(name);
      }
    }
    return SocksReply.HOST_UNREACHABLE.encode(request.version());
  }

  private void connect(ChannelHandlerContext ctx, SocksRequest request, StreamRequest wanted) {
    port.open(wanted)
        .whenComplete(
            (stream, failure) ->
                ctx.executor()
                    .execute(
                        () -> {
                          if (stream != null) {
                            opened(ctx, request, stream);
                          } else if (state == State.WAITING) {
                            refuse(ctx, request, reply(failure));
                          }
                        }));
  }

  // ---- what comes of it ----

  private void opened(ChannelHandlerContext ctx, SocksRequest request, Channel channel) {
    if (state != State.WAITING) {
      channel.close(); // the application has gone, or waited long enough
      return;
    }
    if (!(channel instanceof DataStream stream) || stream.connected().isSuccess()) {
      join(ctx, request, channel);
      return;
    }
    forwardEarly(channel);
    stream
        .connected()
        .addListener(
            done ->
                ctx.executor()
                    .execute(
                        () -> {
                          if (state != State.WAITING) {
                            stream.close();
                          } else if (done.isSuccess()) {
                            join(ctx, request, stream);
                          } else {
                            refuse(ctx, request, reply(done.cause()));
                          }
                        }));
  }

  private void join(ChannelHandlerContext ctx, SocksRequest request, Channel stream) {
    cancelTimeout();
    state = State.DONE;
    ctx.channel().config().setAutoRead(false);
    ctx.writeAndFlush(buffer(SocksReply.SUCCEEDED.encode(request.version())));
    forwardEarly(stream);
    ctx.pipeline().remove(this);
    ByteBridge.join(ctx.channel(), stream, STALL_LIMIT);
  }

  private void forwardEarly(Channel stream) {
    if (received.isReadable()) {
      stream.writeAndFlush(received.readRetainedSlice(received.readableBytes()));
      received.release();
      received = stream.alloc().buffer(128);
    }
  }

  private static SocksReply reply(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StreamEndedException ended
        ? SocksReply.to(ended.reason())
        : SocksReply.to(EndReason.MISC);
  }

  private void refuse(ChannelHandlerContext ctx, SocksRequest request, SocksReply why) {
    log.debug("SOCKS request refused: {}", why);
    finish(ctx, buffer(why.encode(request.version())));
  }

  /** Sends the last bytes, if any, and closes. */
  private void finish(ChannelHandlerContext ctx, ByteBuf last) {
    cancelTimeout();
    state = State.DONE;
    ctx.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }

  private void cancelTimeout() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && state != State.DONE) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.DONE;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("SOCKS connection failed: {}", cause.getClass().getSimpleName());
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelTimeout();
    port.negotiated();
    received.release();
    received = Unpooled.EMPTY_BUFFER;
  }

  /** For tests: bytes kept for the stream. */
  int earlyBytes() {
    return received.readableBytes();
  }
}
