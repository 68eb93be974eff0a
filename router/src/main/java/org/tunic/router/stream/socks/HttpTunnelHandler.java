package org.tunic.router.stream.socks;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
final class HttpTunnelHandler extends NegotiationHandler {
  /** Bytes of request line, and of all headers: C tor takes 8192 of both together. */
  static final int MAX_HEADER_BYTES = 8192;

  /** Bytes of a body, which says nothing. */
  static final int MAX_BODY_BYTES = 1024;

  private static final String RPC_TARGET = "Tor-RPC-Target";
  private static final String ISOLATION = "Tor-Stream-Isolation";
  private static final String OTHER_ISOLATION = "X-Tor-Stream-Isolation";

  /** Stands in no header. */
  private static final String BETWEEN_ISOLATIONS = "\r\n";

  private final HttpAnswers answers;
  private @Nullable HttpRequest asked;
  private int bodyBytes;

  HttpTunnelHandler(EntryListener port, HttpAnswers answers) {
    super(port);
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
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (isDone()) {
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
    handOver(ctx, entry, answers);
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
}
