package org.tunic.router.stream.begindir;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.policy.IpLiteral;

/**
 * One request and its answer on one channel.
 *
 * <p>Header names are written as C tor writes them, because it compares some with regard to case.
 *
 * <p>Threads: event loop of the channel.
 */
final class DirServerHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(DirServerHandler.class);

  private static final String BUSY = "Directory busy, try again later";

  /** Bytes handed to the channel at a time. */
  private static final int PIECE_BYTES = 16 * 1024;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private enum State {
    HEAD,
    BODY,
    /** The responder works. */
    THINKING,
    WRITING,
    /** All was handed to the channel, which closes behind it. */
    WRITTEN,
    CLOSED
  }

  private final DirectoryServer server;
  private final Optional<InetAddress> client;
  private final boolean anonymous;
  private final LongPredicate mayAnswer;
  private State state = State.HEAD;
  private @Nullable HttpRequest head;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private int declaredBytes;

  /** Bytes of the body counted with the server, until the answer is there. */
  private int reservedBytes;

  /** What is still to be written. */
  private ByteReader rest = Bytes.EMPTY.reader();

  /** Counts whatever moves; the stall check compares. */
  private long progress;

  private @Nullable ScheduledFuture<?> watch;

  /**
   * @param client who asks, if it is to be told its address
   * @param anonymous whether more than one hop is between us
   * @param mayAnswer whether a body of so many bytes may be sent
   */
  DirServerHandler(
      DirectoryServer server,
      Optional<InetAddress> client,
      boolean anonymous,
      LongPredicate mayAnswer) {
    this.server = server;
    this.client = client;
    this.anonymous = anonymous;
    this.mayAnswer = mayAnswer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      end();
      return;
    }
    DirServerLimits limits = server.limits();
    watch(ctx, limits.total().dividedBy(limits.stall()));
    ctx.channel().config().setAutoRead(true);
  }

  /**
   * Closes the channel when nothing has moved for a period, or after so many periods.
   *
   * @param periods of the stall limit
   */
  private void watch(ChannelHandlerContext ctx, long periods) {
    long before = progress;
    watch =
        ctx.executor()
            .schedule(
                () -> {
                  boolean stalled = progress == before && state != State.THINKING;
                  if (stalled || periods <= 0) {
                    ctx.close();
                  } else {
                    watch(ctx, periods - 1);
                  }
                },
                server.limits().stall().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  // ---- the request ----

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      progress++;
      boolean wanted = state == State.HEAD || state == State.BODY;
      if (!wanted || !(message instanceof HttpObject part)) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        refuse(ctx, 400, "Bad request");
        return;
      }
      if (part instanceof HttpRequest request) {
        onHead(ctx, request);
      }
      if (part instanceof HttpContent content && state == State.BODY) {
        onBody(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onHead(ChannelHandlerContext ctx, HttpRequest request) {
    boolean post = request.method().equals(HttpMethod.POST);
    if (!post && !request.method().equals(HttpMethod.GET)) {
      refuse(ctx, 400, "Bad request");
      return;
    }
    int length = contentLength(request);
    if (length < 0 || (post && !request.headers().contains("Content-Length"))) {
      refuse(ctx, 400, "Bad request");
      return;
    }
    if (length > server.limits().maxRequestBodyBytes()) {
      refuse(ctx, 413, "Too large");
      return;
    }
    head = request;
    declaredBytes = length;
    state = State.BODY;
  }

  /** Bytes of body to expect, 0 without the header, -1 if the request is malformed. */
  private static int contentLength(HttpRequest request) {
    if (request.headers().contains("Transfer-Encoding")) {
      return -1;
    }
    String value = request.headers().get("Content-Length", "0").strip();
    boolean digits = value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (value.isEmpty() || !digits) {
      return -1;
    }
    return value.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(value);
  }

  private void onBody(ChannelHandlerContext ctx, HttpContent content) {
    ByteBuf piece = content.content();
    int length = piece.readableBytes();
    if (length > declaredBytes - body.size()) {
      refuse(ctx, 400, "Bad request");
      return;
    }
    if (!server.reserve(length)) {
      refuse(ctx, 503, BUSY);
      return;
    }
    reservedBytes += length;
    try {
      piece.readBytes(body, length);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    if (content instanceof LastHttpContent) {
      think(ctx);
    }
  }

  private void think(ChannelHandlerContext ctx) {
    HttpRequest request = head;
    if (request == null) {
      return;
    }
    state = State.THINKING;
    DirHeaders headers = DirHeaders.NONE;
    for (Map.Entry<String, String> field : request.headers().entries()) {
      headers = headers.with(field.getKey(), field.getValue());
    }
    DirRequest asked =
        new DirRequest(
            request.method().equals(HttpMethod.POST)
                ? DirRequest.Method.POST
                : DirRequest.Method.GET,
            request.uri(),
            headers,
            Bytes.copyOf(body.toByteArray()),
            Integer.MAX_VALUE);
    body.reset();
    if (!server.answer(
        asked, anonymous, coded -> ctx.executor().execute(() -> answer(ctx, coded)))) {
      refuse(ctx, 503, BUSY);
    }
  }

  private void answer(ChannelHandlerContext ctx, DirectoryServer.Coded coded) {
    int length = coded.answer().body().length();
    if (state == State.THINKING && length > 0 && !mayAnswer.test(length)) {
      refuse(ctx, 503, BUSY);
    } else {
      write(ctx, coded);
    }
  }

  // ---- the answer ----

  private void refuse(ChannelHandlerContext ctx, int status, String reason) {
    write(ctx, new DirectoryServer.Coded(DirAnswer.empty(status, reason), ContentCoding.IDENTITY));
  }

  private void write(ChannelHandlerContext ctx, DirectoryServer.Coded coded) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.WRITING;
    freeReserved();
    log.debug(
        "directory {} answered {} as {}",
        head == null ? "request" : head.method(),
        coded.answer().status(),
        coded.coding().headerValue());
    ctx.write(responseHead(coded));
    rest = coded.answer().body().reader();
    progress++;
    writeMore(ctx);
  }

  private HttpResponse responseHead(DirectoryServer.Coded coded) {
    DirAnswer answer = coded.answer();
    HttpResponse response =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_0, new HttpResponseStatus(answer.status(), answer.reason()));
    HttpHeaders fields = response.headers();
    fields.set("Date", DATE.format(server.clock().instant()));
    if (answer.body().length() > 0) {
      fields.set(
          "Content-Type",
          coded.coding() == ContentCoding.IDENTITY ? "text/plain" : "application/octet-stream");
    }
    client.ifPresent(address -> fields.set("X-Your-Address-Is", IpLiteral.format(address)));
    if (coded.coding() != ContentCoding.IDENTITY) {
      fields.set("Content-Encoding", coded.coding().headerValue());
    }
    for (DirHeaders.Field field : answer.headers().fields()) {
      fields.add(field.name(), field.value());
    }
    fields.set("Content-Length", answer.body().length());
    return response;
  }

  private void writeMore(ChannelHandlerContext ctx) {
    while (state == State.WRITING && ctx.channel().isWritable()) {
      int length = Math.min(PIECE_BYTES, rest.remaining());
      if (length == 0) {
        state = State.WRITTEN;
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(ChannelFutureListener.CLOSE);
        return;
      }
      ctx.write(new DefaultHttpContent(Unpooled.wrappedBuffer(piece(length))))
          .addListener(_ -> progress++);
      // Flushing in the loop lets the channel take what it can before we ask whether it is full.
      ctx.flush();
    }
    ctx.flush();
  }

  private byte[] piece(int length) {
    try {
      return rest.array(length);
    } catch (MalformedException e) {
      throw new IllegalStateException("there are " + rest.remaining() + " bytes left", e);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writeMore(ctx);
  }

  // ---- the end ----

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // The client shut its side down behind the request, which is fine; before its end it is not.
    if (event instanceof ChannelInputShutdownEvent
        && (state == State.HEAD || state == State.BODY)) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void end() {
    state = State.CLOSED;
    freeReserved();
    rest = Bytes.EMPTY.reader();
    if (watch != null) {
      watch.cancel(false);
    }
  }

  private void freeReserved() {
    server.release(reservedBytes);
    reservedBytes = 0;
  }
}
