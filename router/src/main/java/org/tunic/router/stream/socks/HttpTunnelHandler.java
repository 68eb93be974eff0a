package org.tunic.router.stream.socks;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.EndReason;

/**
 * One connection to an HTTPTunnelPort until it has said what it wants: one CONNECT, parsed by
 * Netty's decoder in front of this handler. Then {@link EntryHandler} takes its place, the decoder
 * goes, and what it had read beyond the request follows as stream data.
 *
 * <p>As C tor: a web page that reaches this port by a host name of its own gets no answer it could
 * learn from; only who says that it means {@code localhost} is told what this port is. The
 * Proxy-Authorization header, and Tor-Stream-Isolation and X-Tor-Stream-Isolation, keep streams
 * apart, byte for byte, whatever they say.
 *
 * <p>Spec: proposals/365. Threads: event loop of the connection.
 */
final class HttpTunnelHandler extends ChannelInboundHandlerAdapter {
  /** Bytes of request line, and of all headers: C tor takes 8192 of both together. */
  static final int MAX_HEADER_BYTES = 8192;

  /** Bytes of a body, which says nothing. */
  static final int MAX_BODY_BYTES = 1024;

  private static final String RPC_TARGET = "Tor-RPC-Target";
  private static final String ISOLATION = "Tor-Stream-Isolation";
  private static final String OTHER_ISOLATION = "X-Tor-Stream-Isolation";

  /** Stands in no header. */
  private static final String BETWEEN_ISOLATIONS = "\r\n";

  private static final Logger log = LoggerFactory.getLogger(HttpTunnelHandler.class);

  private final EntryListener port;
  private final HttpAnswers answers;
  private @Nullable HttpRequest asked;
  private int bodyBytes;
  private boolean done;
  private boolean handedOver;
  private @Nullable ScheduledFuture<?> timeout;

  HttpTunnelHandler(EntryListener port, HttpAnswers answers) {
    this.port = port;
    this.answers = answers;
  }

  /** The decoder to stand before this handler. */
  static HttpRequestDecoder decoder() {
    return new HttpRequestDecoder(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_HEADER_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_BODY_BYTES));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> ctx.close(),
                port.settings().negotiationTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (done) {
        return;
      }
      if (message instanceof HttpRequest request) {
        asked = request;
        if (request.decoderResult().isFailure()) {
          closeSilently(ctx);
          return;
        }
      }
      if (message instanceof HttpContent content) {
        bodyBytes += content.content().readableBytes();
        if (bodyBytes > MAX_BODY_BYTES || content.decoderResult().isFailure()) {
          closeSilently(ctx);
        } else if (message instanceof LastHttpContent && asked != null) {
          serve(ctx, asked);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void serve(ChannelHandlerContext ctx, HttpRequest request) {
    String method = request.method().name().toUpperCase(Locale.ROOT);
    if (!method.equals("CONNECT")) {
      if (!meansLocalhost(request)) {
        closeSilently(ctx);
      } else {
        finish(ctx, method.equals("OPTIONS") ? answers.options() : answers.notAProxy());
      }
      return;
    }
    Optional<HostAndPort> to = HostAndPort.parse(request.uri());
    if (to.isEmpty()) {
      finish(ctx, answers.badRequest());
    } else if (to.get().host().length() > TargetHost.MAX_NAME_LENGTH) {
      finish(ctx, answers.tooLong());
    } else if (request.headers().contains(RPC_TARGET)) {
      finish(ctx, answers.noRpc());
    } else {
      connect(ctx, request, to.get());
    }
  }

  private static boolean meansLocalhost(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST);
    return host != null
        && HostAndPort.parse(host)
            .map(HostAndPort::host)
            .filter(
                name ->
                    name.equalsIgnoreCase("localhost")
                        || IpLiteral.parseAddress(name)
                            .filter(address -> address.isLoopbackAddress())
                            .isPresent())
            .isPresent();
  }

  private void connect(ChannelHandlerContext ctx, HttpRequest request, HostAndPort to) {
    Optional<TargetHost> target = TargetHost.parse(to.host());
    if (target.isEmpty()) {
      finish(ctx, answers.failed(new EntryFailure.Ended(EndReason.TORPROTOCOL)));
      return;
    }
    EntryRequest entry =
        new EntryRequest(
            EntryRequest.HTTP,
            SocksCommand.CONNECT,
            target.get(),
            to.port(),
            false,
            header(request, HttpHeaderNames.PROXY_AUTHORIZATION),
            isolation(request));
    done = true;
    handedOver = true;
    ctx.pipeline().replace(this, null, new EntryHandler(port, entry, answers));
    // What the decoder holds beyond the request goes to the handler that stands there now.
    if (ctx.pipeline().get(HttpRequestDecoder.class) != null) { // the pipeline may be gone by now
      ctx.pipeline().remove(HttpRequestDecoder.class);
    }
  }

  private static Bytes isolation(HttpRequest request) {
    String one = request.headers().get(ISOLATION);
    String other = request.headers().get(OTHER_ISOLATION);
    if (one == null && other == null) {
      return Bytes.EMPTY;
    }
    return bytes((one == null ? "" : one) + BETWEEN_ISOLATIONS + (other == null ? "" : other));
  }

  private static Bytes header(HttpRequest request, CharSequence name) {
    String value = request.headers().get(name);
    return value == null ? Bytes.EMPTY : bytes(value);
  }

  /** The decoder makes one character of each byte. */
  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void closeSilently(ChannelHandlerContext ctx) {
    log.debug("HTTP tunnel request closed without an answer");
    done = true;
    ctx.close();
  }

  private void finish(ChannelHandlerContext ctx, Bytes last) {
    done = true;
    ctx.writeAndFlush(Unpooled.wrappedBuffer(last.toArray()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !done) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("HTTP tunnel connection failed: {}", cause.getClass().getSimpleName());
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (!handedOver) {
      port.negotiated();
    }
  }
}
