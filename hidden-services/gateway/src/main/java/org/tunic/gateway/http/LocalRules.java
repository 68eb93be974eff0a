package org.tunic.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.gateway.GatewayCounters.Kind;
import org.tunic.gateway.announce.TrackerTarget;
import org.tunic.gateway.announce.TrackerTarget.Asked;

/**
 * Who may ask the tracker port, and what for.
 *
 * <p>Every program of this host can connect to loopback, and every web page can make a browser do
 * it. So a request needs the gateway's token, and must not look like one of a browser: its Host is
 * ours by number or as {@code localhost}, not a name that somebody pointed to 127.0.0.1, and there
 * is neither an Origin nor a Sec-Fetch-Site.
 *
 * <pre>
 * as a tracker   GET /announce/TOKEN/NAME.onion/PORT[/path/of/the/tracker/announce]?…
 * as a proxy     GET http://NAME.onion[:PORT]/announce?… with Proxy-Authorization: Basic, TOKEN the password
 * </pre>
 *
 * <p>The path begins with {@code /announce} because libtorrent asks loopback for no other.
 *
 * <p>Spec: RFC 9110, RFC 9112. Threads: immutable.
 */
final class LocalRules {
  private static final String PREFIX = "/announce/";
  private static final String SCHEME = "http://";
  private static final String BASIC = "Basic ";
  private static final String HTTP_PORT = "80";
  private static final int TRACKER_PARTS = 3;

  private final byte[] token;
  private final List<String> hosts;

  /**
   * @param token as it stands in the URL
   * @param address where we listen
   * @param port where we listen
   */
  LocalRules(String token, String address, int port) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
    this.hosts = List.of(address + ":" + port, "localhost:" + port);
  }

  /** What is done with a request. */
  sealed interface Verdict {
    /** It is asked of a tracker; the query is what stood behind the question mark. */
    record Ask(Asked asked, String query) implements Verdict {}

    /** It is refused with a status, and counted. */
    record Refuse(String status, Kind kind) implements Verdict {}

    /** It is answered with a failure that the client shows. */
    record Fail(String reason, Kind kind) implements Verdict {}
  }

  /** Judges a GET. */
  Verdict judge(String uri, HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.ORIGIN) || headers.contains("Sec-Fetch-Site")) {
      return new Verdict.Refuse("403 Forbidden", Kind.FOREIGN);
    }
    return uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? judgeProxied(uri, headers)
        : judgeLocal(uri, headers);
  }

  private Verdict judgeLocal(String uri, HttpHeaders headers) {
    List<String> host = headers.getAll(HttpHeaderNames.HOST);
    if (host.size() != 1 || !hosts.contains(host.getFirst().toLowerCase(Locale.ROOT))) {
      return new Verdict.Refuse("403 Forbidden", Kind.FOREIGN);
    }
    if (!uri.startsWith(PREFIX)) {
      return new Verdict.Refuse("404 Not Found", Kind.WRONG_TOKEN);
    }
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    // token, name, port, and the path with its slash
    String[] parts = path.substring(PREFIX.length()).split("/", TRACKER_PARTS + 1);
    if (!isToken(parts[0])) {
      return new Verdict.Refuse("403 Forbidden", Kind.WRONG_TOKEN);
    }
    if (parts.length < TRACKER_PARTS) {
      return new Verdict.Fail("the tracker's URL lacks a name or a port", Kind.NOT_ONION);
    }
    return ask(
        parts[1],
        parts[2],
        parts.length > TRACKER_PARTS ? "/" + parts[TRACKER_PARTS] : "",
        mark < 0 ? "" : uri.substring(mark + 1));
  }

  private Verdict judgeProxied(String uri, HttpHeaders headers) {
    if (!isAuthorised(headers)) {
      return new Verdict.Refuse("407 Proxy Authentication Required", Kind.WRONG_TOKEN);
    }
    int slash = uri.indexOf('/', SCHEME.length());
    int end = slash < 0 ? uri.length() : slash;
    String authority = uri.substring(SCHEME.length(), end);
    List<String> host = headers.getAll(HttpHeaderNames.HOST);
    if (host.size() > 1 || (host.size() == 1 && !host.getFirst().equalsIgnoreCase(authority))) {
      return new Verdict.Refuse("403 Forbidden", Kind.FOREIGN);
    }
    int colon = authority.indexOf(':');
    int mark = uri.indexOf('?', end);
    return ask(
        colon < 0 ? authority : authority.substring(0, colon),
        colon < 0 ? HTTP_PORT : authority.substring(colon + 1),
        uri.substring(end, mark < 0 ? uri.length() : mark),
        mark < 0 ? "" : uri.substring(mark + 1));
  }

  private static Verdict ask(String host, String port, String path, String query) {
    Optional<Asked> asked = TrackerTarget.parse(host, port, path);
    return asked.isPresent()
        ? new Verdict.Ask(asked.get(), query)
        : new Verdict.Fail("only trackers behind onion addresses are asked", Kind.NOT_ONION);
  }

  private boolean isAuthorised(HttpHeaders headers) {
    List<String> credentials = headers.getAll(HttpHeaderNames.PROXY_AUTHORIZATION);
    if (credentials.size() != 1
        || !credentials.getFirst().regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return false;
    }
    try {
      String both =
          new String(
              Base64.getDecoder().decode(credentials.getFirst().substring(BASIC.length()).strip()),
              StandardCharsets.ISO_8859_1);
      // Whatever the user name is.
      return isToken(both.substring(both.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean isToken(String text) {
    return ConstantTime.equals(token, text.getBytes(StandardCharsets.UTF_8));
  }
}
