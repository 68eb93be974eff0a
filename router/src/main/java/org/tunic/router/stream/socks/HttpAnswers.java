package org.tunic.router.stream.socks;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.EndReason;

/**
 * Answers of an HTTPTunnelPort: C tor's status lines and the headers of proposal 365.
 *
 * <p>What failed stands in {@code Tor-Request-Failed}: {@code end/REASON} for what END may say, and
 * {@code c-tor/REASON}, with C tor's names, for what it may not.
 *
 * @param software name and version for the Via and Server headers
 *     <p>Spec: proposals/365. Threads: immutable.
 */
record HttpAnswers(String software) implements EntryAnswers {
  private static final String NO_CAPABILITIES = "Tor-Capabilities: \r\n";

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html><head><title>This is an HTTP CONNECT tunnel</title></head><body>
      <h1>This port is an HTTP CONNECT tunnel, not a web proxy</h1>
      <p>Your program asks this port for a page, as it would ask a web proxy. Set it as proxy for HTTPS
      only, or use the SOCKS port. Nothing was sent into the network.</p>
      </body></html>
      """;

  @Override
  public Bytes connected() {
    return answer("200 OK", via(), "");
  }

  /** The answer to OPTIONS from a program of this machine. */
  Bytes options() {
    return answer("200 OK", "Allow: OPTIONS, CONNECT\r\n" + server(), "");
  }

  /** The answer to GET and the like from a program of this machine. */
  Bytes notAProxy() {
    return answer(
        "405 Method Not Allowed", "Content-Type: text/html; charset=utf-8\r\n" + server(), PAGE);
  }

  /** The target is no host and port. */
  Bytes badRequest() {
    return answer("400 Bad Request", via(), "");
  }

  /** The host is longer than host names are. */
  Bytes tooLong() {
    return answer("414 Request-URI Too Long", via(), "");
  }

  /** {@code Tor-RPC-Target} was given. */
  Bytes noRpc() {
    return answer("501 Not implemented (No RPC Support)", via(), "");
  }

  @Override
  public Bytes failed(EntryFailure why) {
    return switch (why) {
      case EntryFailure.Ended(EndReason reason) -> ended(reason);
      case EntryFailure.Onion(var _, EndReason reason) -> ended(reason);
      case EntryFailure.Refused.ENTRY_POLICY ->
          answer("403 Forbidden (entry policy violation)", via(), "");
      case EntryFailure.Refused.PRIVATE_ADDRESS ->
          answer(
              "403 Forbidden (private address)",
              via() + "Tor-Request-Failed: c-tor/PRIVATE_ADDR\r\n",
              "");
    };
  }

  private Bytes ended(EndReason reason) {
    return answer(status(reason), via() + "Tor-Request-Failed: end/" + reason.name() + "\r\n", "");
  }

  private static String status(EndReason reason) {
    return switch (reason.code()) {
      case 1 -> "500 Internal Server Error";
      case 2 -> "503 Service Unavailable (resolve failed)";
      case 3 -> "403 Forbidden (connection refused)";
      case 4 -> "403 Forbidden (exit policy)";
      case 5 -> "502 Bad Gateway (destroy cell received)";
      case 6 -> "502 Bad Gateway (unexpected close)";
      case 7 -> "504 Gateway Timeout";
      case 8 -> "503 Service Unavailable (no route)";
      case 9 -> "502 Bad Gateway (hibernating server)";
      case 10 -> "502 Bad Gateway (internal error)";
      case 11 -> "502 Bad Gateway (resource limit)";
      case 12 -> "403 Forbidden (connection reset)";
      case 13 -> "502 Bad Gateway (tor protocol violation)";
      default -> "500 Internal Server Error (weird end reason)";
    };
  }

  private String via() {
    return NO_CAPABILITIES + "Via: tor/1.0 tor-network (" + software + ")\r\n";
  }

  private String server() {
    return NO_CAPABILITIES + "Server: tor/1.0 (" + software + ")\r\n";
  }

  private static Bytes answer(String status, String headers, String body) {
    return Bytes.copyOf(
        ("HTTP/1.0 " + status + "\r\n" + headers + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Bytes resolved(InetAddress address) {
    throw new IllegalStateException("HTTP asks for no look-ups");
  }

  @Override
  public Bytes resolvedName(String name) {
    throw new IllegalStateException("HTTP asks for no look-ups");
  }
}
