package org.tunic.daemon.interop;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks in the log of a node for what must not be there at info and above: onion addresses, hosts
 * that were visited, relays other than itself by name, identity or address.
 *
 * <p>Threads: immutable.
 */
final class LogScan {
  /** Long enough that no other word is meant, short enough to find an address cut at either end. */
  private static final int PART = 12;

  private static final Pattern ONION = Pattern.compile("[a-z2-7]{56}");

  private final Map<String, Pattern> forbidden = new LinkedHashMap<>();

  /**
   * @param node whose log it is: its own name, identity and ports may be there
   * @param all nodes of the network
   * @param onions addresses that were visited or hosted, with their suffix
   * @param hosts further hosts that were visited
   */
  LogScan(TorNode node, List<TorNode> all, List<String> onions, List<String> hosts) {
    forbidden.put("an onion address", ONION);
    for (String onion : onions) {
      String address = onion.replace(".onion", "");
      literal("the begin of an onion address", address.substring(0, PART));
      literal("the end of an onion address", address.substring(address.length() - PART));
    }
    hosts.forEach(host -> literal("a host that was visited", host));
    for (TorNode other : all) {
      if (other.name().equals(node.name())) {
        continue;
      }
      forbidden.put(
          "the name of relay " + other.name(), Pattern.compile("\\b" + other.name() + "\\b"));
      if (!other.fingerprint().isEmpty()) {
        literal("the identity of " + other.name(), other.fingerprint());
        literal(
            "the identity of " + other.name() + " in base64",
            Base64.getEncoder()
                .withoutPadding()
                .encodeToString(HexFormat.of().parseHex(other.fingerprint())));
      }
      TorNode.Ports ports = other.ports();
      for (int port : List.of(ports.or(), ports.dir(), ports.socks())) {
        port(other, port);
      }
    }
  }

  private void literal(String what, String text) {
    forbidden.put(
        what + " (" + text + ")", Pattern.compile(Pattern.quote(text), Pattern.CASE_INSENSITIVE));
  }

  /** Not as the beginning of another one. */
  private void port(TorNode node, int port) {
    forbidden.put(
        "port " + port + " of " + node.name(), Pattern.compile("127\\.0\\.0\\.1:" + port + "\\b"));
  }

  /** One line for each thing found: what, and where. */
  List<String> findings(String log) {
    List<String> found = new ArrayList<>();
    forbidden.forEach(
        (what, pattern) -> {
          Matcher matcher = pattern.matcher(log);
          if (matcher.find()) {
            found.add(what + ": " + line(log, matcher.start()));
          }
        });
    return found;
  }

  /** What the scan looks for, as one line of a log each: it has to find every one of them. */
  static List<String> controls(TorNode other, String onion, String host) {
    String identity =
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(HexFormat.of().parseHex(other.fingerprint()));
    return List.of(
        "Visiting " + onion,
        "Visiting " + onion.substring(0, PART) + "...",
        "Visiting [scrubbed]" + onion.substring(56 - PART),
        "Connecting to " + host,
        "Extending to " + other.name() + ".",
        "Extending to $" + other.fingerprint() + "~x",
        "Extending to " + identity,
        "A connection to 127.0.0.1:" + other.ports().or() + " closed");
  }

  private static String line(String log, int at) {
    int from = log.lastIndexOf('\n', at) + 1;
    int to = log.indexOf('\n', at);
    return log.substring(from, to < 0 ? log.length() : to);
  }
}
