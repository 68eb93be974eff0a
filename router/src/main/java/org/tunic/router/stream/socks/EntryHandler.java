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
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
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
 * One connection of an application whose request is known: has it decided, asks for a stream or a
 * look-up, answers, and joins the connection with the stream. The same for every protocol of the
 * ports.
 *
 * <p>What the application sends behind its request without waiting for the answer is kept, up to
 * {@link #MAX_EARLY_BYTES}, and written to the stream as soon as there is one, before it is
 * connected if the stream allows that (optimistic data).
 *
 * <p>Threads: event loop of the connection.
 */
final class EntryHandler extends ChannelInboundHandlerAdapter {
  /** Bytes kept of what comes before the stream; then reading stops. */
  static final int MAX_EARLY_BYTES = 16 * 1024;

  /** As long as a paused application may leave the tail of a stream that ended unread. */
  private static final Duration STALL_LIMIT = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(EntryHandler.class);

  private enum State {
    /** A stream or an answer is on its way. */
    WAITING,
    /** Joined, refused or gone. */
    DONE
  }

  private final EntryListener port;
  private final EntryRequest request;
  private final EntryAnswers answers;
  private State state = State.WAITING;

  /** What is for the stream. */
  private ByteBuf early = Unpooled.EMPTY_BUFFER;

  private @Nullable ScheduledFuture<?> timeout;

  EntryHandler(EntryListener port, EntryRequest request, EntryAnswers answers) {
    this.port = port;
    this.request = request;
    this.answers = answers;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    early = ctx.alloc().buffer(128);
    timeout =
        ctx.executor()
            .schedule(
                () -> fail(ctx, new EntryFailure.Ended(EndReason.TIMEOUT)),
                port.settings().requestTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    switch (port.decide(request, clientAddress(ctx))) {
      case EntryDecision.Open(StreamRequest wanted) ->
          connect(ctx, port.services().open().apply(wanted));
      case EntryDecision.Visit(OnionRequest wanted) ->
          connect(ctx, port.services().visit().apply(wanted));
      case EntryDecision.Ask(ResolveRequest question) -> resolve(ctx, question);
      case EntryDecision.Answer(InetAddress address) -> finish(ctx, answers.resolved(address));
      case EntryDecision.Refuse(EntryFailure why) -> fail(ctx, why);
    }
  }

  private static Bytes clientAddress(ChannelHandlerContext ctx) {
    return ctx.channel().remoteAddress() instanceof InetSocketAddress remote
        ? Bytes.copyOf(remote.getAddress().getAddress())
        : Bytes.EMPTY;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.DONE || !(message instanceof ByteBuf in)) {
        return;
      }
      early.writeBytes(in);
      if (early.readableBytes() >= MAX_EARLY_BYTES) {
        ctx.channel().config().setAutoRead(false);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  // ---- what is asked for ----

  private void resolve(ChannelHandlerContext ctx, ResolveRequest question) {
    later(
        ctx,
        port.services().resolve().apply(question),
        (resolved, failure) -> {
          if (state != State.WAITING) {
            return;
          }
          Optional<Bytes> answer = resolved == null ? Optional.empty() : answer(resolved);
          if (answer.isPresent()) {
            finish(ctx, answer.get());
          } else {
            fail(
                ctx,
                resolved == null
                    ? failure(failure)
                    : new EntryFailure.Ended(EndReason.RESOLVEFAILED));
          }
        });
  }

  /**
   * C tor's choice: of the addresses that the port takes and that are not private the first one of
   * the family it prefers. Errors, transient or not, and no answer at all look alike to SOCKS.
   */
  private Optional<Bytes> answer(Resolved resolved) {
    if (request.command() == SocksCommand.RESOLVE_PTR) {
      return resolved.answers().stream()
          .filter(answer -> answer.type() == Resolved.HOSTNAME)
          .findFirst()
          .map(answer -> new String(answer.value().toArray(), StandardCharsets.US_ASCII))
          .map(answers::resolvedName);
    }
    EntrySettings.Traffic traffic = port.settings().traffic();
    boolean noPrivate = port.services().rules().get().rejectInternalAnswers();
    List<InetAddress> ipv4 = new ArrayList<>();
    List<InetAddress> ipv6 = new ArrayList<>();
    for (Resolved.Answer answer : resolved.answers()) {
      answer
          .inet()
          .filter(address -> !(noPrivate && IpLiteral.isInternal(address)))
          .ifPresent(address -> (address instanceof Inet4Address ? ipv4 : ipv6).add(address));
    }
    Optional<InetAddress> four = traffic.ipv4() ? ipv4.stream().findFirst() : Optional.empty();
    Optional<InetAddress> six = traffic.ipv6() ? ipv6.stream().findFirst() : Optional.empty();
    Optional<InetAddress> best = traffic.preferIpv6() ? six.or(() -> four) : four.or(() -> six);
    return best.map(answers::resolved);
  }

  private void connect(ChannelHandlerContext ctx, CompletableFuture<? extends Channel> opening) {
    later(
        ctx,
        opening,
        (stream, failure) -> {
          if (stream != null) {
            opened(ctx, stream);
          } else if (state == State.WAITING) {
            fail(ctx, failure(failure));
          }
        });
  }

  /** Never at once: the pipeline is not whole while this handler is being added. */
  private static <T> void later(
      ChannelHandlerContext ctx,
      CompletableFuture<T> future,
      BiConsumer<@Nullable T, @Nullable Throwable> then) {
    future.whenComplete(
        (result, failure) -> ctx.executor().execute(() -> then.accept(result, failure)));
  }

  // ---- what comes of it ----

  private void opened(ChannelHandlerContext ctx, Channel channel) {
    if (state != State.WAITING) {
      channel.close(); // the application has gone, or waited long enough
      return;
    }
    if (!(channel instanceof DataStream stream) || stream.connected().isSuccess()) {
      join(ctx, channel);
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
                            join(ctx, stream);
                          } else {
                            fail(ctx, failure(done.cause()));
                          }
                        }));
  }

  private void join(ChannelHandlerContext ctx, Channel stream) {
    cancelTimeout();
    state = State.DONE;
    ctx.channel().config().setAutoRead(false);
    ctx.writeAndFlush(Unpooled.wrappedBuffer(answers.connected().toArray()));
    forwardEarly(stream);
    ctx.pipeline().remove(this);
    ByteBridge.join(ctx.channel(), stream, STALL_LIMIT);
  }

  private void forwardEarly(Channel stream) {
    if (early.isReadable()) {
      stream.writeAndFlush(early.readRetainedSlice(early.readableBytes()));
      early.release();
      early = stream.alloc().buffer(128);
    }
  }

  private static EntryFailure failure(@Nullable Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return switch (cause) {
      case StreamEndedException ended -> new EntryFailure.Ended(ended.reason());
      case EntryFailedException failed -> failed.failure();
      case null, default -> new EntryFailure.Ended(EndReason.MISC);
    };
  }

  private void fail(ChannelHandlerContext ctx, EntryFailure why) {
    log.debug("request of an application refused: {}", why);
    finish(ctx, answers.failed(why));
  }

  /** Sends the last bytes and closes. */
  private void finish(ChannelHandlerContext ctx, Bytes last) {
    cancelTimeout();
    state = State.DONE;
    ctx.writeAndFlush(Unpooled.wrappedBuffer(last.toArray()))
        .addListener(ChannelFutureListener.CLOSE);
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
    log.debug("connection of an application failed: {}", cause.getClass().getSimpleName());
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelTimeout();
    port.negotiated();
    early.release();
    early = Unpooled.EMPTY_BUFFER;
  }

  /** For tests: bytes kept for the stream. */
  int earlyBytes() {
    return early.readableBytes();
  }
}
