package org.tunic.router.stream.exit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.directory.policy.IpLiteral;

/**
 * What an exit takes from a resolv.conf: name servers, timeout and attempts. Search domains and
 * ndots are left out on purpose: a name from a stranger is looked up as it stands.
 *
 * @param servers numeric, at least one
 * @param timeout for one query to one server
 * @param attempts rounds over all servers, 1–5
 *     <p>Spec: resolv.conf(5). Threads: immutable.
 */
public record ResolvConf(List<InetSocketAddress> servers, Duration timeout, int attempts) {
  /** Servers read from one file; the rest is ignored. */
  public static final int MAX_SERVERS = 8;

  private static final int DNS_PORT = 53;
  private static final int DEFAULT_TIMEOUT_SECONDS = 5;
  private static final int DEFAULT_ATTEMPTS = 2;

  /** Without any name server the resolver library of the system asks this host, and so do we. */
  private static final String LOCALHOST = "127.0.0.1";

  /** Checks the ranges. */
  public ResolvConf {
    servers = List.copyOf(servers);
    if (servers.isEmpty() || attempts < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("no name server, attempt or time");
    }
  }

  /** Reads the text of a resolv.conf. Unknown and broken lines are skipped, as libc does. */
  public static ResolvConf parse(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    int timeoutSeconds = DEFAULT_TIMEOUT_SECONDS;
    int attempts = DEFAULT_ATTEMPTS;
    for (String line : text.split("\n", -1)) {
      String[] words = line.strip().split("\\s+", -1);
      if (words[0].equals("nameserver") && words.length > 1 && servers.size() < MAX_SERVERS) {
        server(words[1]).ifPresent(servers::add);
      } else if (words[0].equals("options")) {
        for (String option : words) {
          timeoutSeconds = number(option, "timeout:", 30).orElse(timeoutSeconds);
          attempts = number(option, "attempts:", 5).orElse(attempts);
        }
      }
    }
    if (servers.isEmpty()) {
      server(LOCALHOST).ifPresent(servers::add);
    }
    return new ResolvConf(servers, Duration.ofSeconds(timeoutSeconds), attempts);
  }

  /** {@code 192.0.2.1}, {@code 2001:db8::1}, or either with a port as {@code [address]:port}. */
  private static Optional<InetSocketAddress> server(String word) {
    String address = word;
    int port = DNS_PORT;
    int close = word.indexOf("]:");
    if (word.startsWith("[") && close > 0) {
      address = word.substring(1, close);
      port = number(word.substring(close), "]:", 65535).orElse(DNS_PORT);
    }
    int chosenPort = port;
    return IpLiteral.parseAddress(address)
        .map((InetAddress a) -> new InetSocketAddress(a, chosenPort));
  }

  private static Optional<Integer> number(String word, String prefix, int max) {
    String digits = word.startsWith(prefix) ? word.substring(prefix.length()) : "";
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(Math.clamp(Integer.parseInt(digits), 1, max));
  }
}
