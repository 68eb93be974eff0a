package org.tunic.index.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.tunic.index.web.WebResponse;

/**
 * The lines in front of an answer. They say neither the time nor the program, and forbid the
 * browser whatever a page of ours does not need.
 *
 * <p>Spec: RFC 9110, CSP Level 3. Threads: any, because it has no state.
 */
final class ResponseHead {
  /** Name of the one cookie. */
  static final String COOKIE = "s";

  private static final int HEAD_BYTES = 1024;
  private static final String ALWAYS =
      "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action"
          + " 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
          + "Referrer-Policy: no-referrer\r\n"
          + "X-Content-Type-Options: nosniff\r\n"
          + "Cross-Origin-Opener-Policy: same-origin\r\n"
          + "Cross-Origin-Resource-Policy: same-origin\r\n";

  private ResponseHead() {}

  static String words(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 303 -> "See Other";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "Content Too Large";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }

  /** Asks for the body. */
  static ByteBuf proceed(ByteBufAllocator alloc) {
    return ByteBufUtil.writeAscii(alloc, "HTTP/1.1 100 Continue\r\n\r\n");
  }

  /** The lines; the body is to follow. */
  static ByteBuf of(ByteBufAllocator alloc, WebResponse response, boolean keep) {
    StringBuilder head = new StringBuilder(HEAD_BYTES);
    head.append("HTTP/1.1 ").append(response.status()).append(' ');
    head.append(words(response.status())).append("\r\n");
    head.append("Content-Type: ").append(response.contentType()).append("\r\n");
    head.append("Content-Length: ").append(response.body().length()).append("\r\n");
    head.append(ALWAYS);
    head.append(
        response.lasting() ? "Cache-Control: max-age=86400\r\n" : "Cache-Control: no-store\r\n");
    response.location().ifPresent(to -> head.append("Location: ").append(to).append("\r\n"));
    response
        .cookie()
        .ifPresent(
            value ->
                head.append("Set-Cookie: ")
                    .append(COOKIE)
                    .append('=')
                    .append(value)
                    .append("; Path=/; HttpOnly; SameSite=Strict\r\n"));
    response
        .fileName()
        .ifPresent(
            name ->
                head.append("Content-Disposition: attachment; filename=\"")
                    .append(name)
                    .append("\"\r\n"));
    head.append(keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
    ByteBuf out = alloc.buffer(head.length() + response.body().length());
    ByteBufUtil.writeAscii(out, head);
    return out;
  }
}
