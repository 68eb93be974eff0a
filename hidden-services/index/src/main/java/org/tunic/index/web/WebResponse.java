package org.tunic.index.web;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;

/**
 * The answer.
 *
 * <p>Threads: immutable.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body may be empty
 * @param location where to go; only with status 303
 * @param cookie to set
 * @param fileName to keep it under; ASCII
 * @param lasting whether it may be kept for a day, because it never changes
 */
public record WebResponse(
    int status,
    String contentType,
    Bytes body,
    Optional<String> location,
    Optional<String> cookie,
    Optional<String> fileName,
    boolean lasting) {
  /** Of pages. */
  public static final String HTML = "text/html; charset=utf-8";

  /** A body of some type. */
  public static WebResponse of(int status, String contentType, byte[] body) {
    return new WebResponse(
        status,
        contentType,
        Bytes.copyOf(body),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** A body of text. */
  public static WebResponse text(int status, String contentType, String body) {
    return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends the browser elsewhere, by GET. */
  public static WebResponse goTo(String path) {
    return new WebResponse(
        303, HTML, Bytes.EMPTY, Optional.of(path), Optional.empty(), Optional.empty(), false);
  }

  /** The same with a cookie. */
  public WebResponse withCookie(String value) {
    return new WebResponse(
        status, contentType, body, location, Optional.of(value), fileName, lasting);
  }

  /** The same, to be kept under a name. */
  public WebResponse named(String name) {
    return new WebResponse(status, contentType, body, location, cookie, Optional.of(name), lasting);
  }

  /** The same, which never changes. */
  public WebResponse forLong() {
    return new WebResponse(status, contentType, body, location, cookie, fileName, true);
  }
}
