package org.tunic.daemon.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.daemon.config.ClientPort.Isolation;

/**
 * Reads the lines of port options: {@code [ADDRESS:](PORT|auto) [FLAG…]}, {@code 0} for none.
 *
 * <p>Spec: tor(1), SocksPort and ORPort
 *
 * <p>Threads: one.
 */
final class PortParser {
  private static final Map<String, Isolation> ISOLATION_FLAGS =
      Map.of(
          "isolateclientaddr", Isolation.CLIENT_ADDR,
          "isolatesocksauth", Isolation.SOCKS_AUTH,
          "isolateclientprotocol", Isolation.CLIENT_PROTOCOL,
          "isolatedestport", Isolation.DEST_PORT,
          "isolatedestaddr", Isolation.DEST_ADDR);

  private static final Set<Isolation> DEFAULT_ISOLATION =
      EnumSet.of(Isolation.CLIENT_ADDR, Isolation.SOCKS_AUTH);

  /** Flags of tor(1) that concern DNS answers cached at the client, which we never do. */
  private static final Set<String> CACHE_FLAGS =
      Set.of(
          "cacheipv4dns",
          "cacheipv6dns",
          "cachedns",
          "useipv4cache",
          "useipv6cache",
          "usednscache");

  private static final Set<String> UNIX_FLAGS =
      Set.of("groupwritable", "worldwritable", "relaxdirmodecheck");

  private final Consumer<String> warnings;

  PortParser(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  /** Where a line says to listen. */
  private record Place(InetAddress address, int port, boolean explicit, boolean off) {}

  /**
   * Reads ORPort or DirPort lines.
   *
   * @param defaults addresses a line without one stands for
   */
  List<ServerPort> server(List<ConfigLine> lines, List<InetAddress> defaults)
      throws ConfigException {
    List<ServerPort> ports = new ArrayList<>();
    boolean off = false;
    for (ConfigLine line : lines) {
      String[] words = line.value().strip().split("[ \\t]+");
      Set<String> flags = serverFlags(line, words);
      Place place = place(line, words[0], defaults.getFirst());
      off |= place.off();
      if (!place.off()) {
        ports.addAll(serverPorts(line, place, flags, defaults));
      }
    }
    refuseZeroAndMore(lines, off, !ports.isEmpty());
    return ports;
  }

  private Set<String> serverFlags(ConfigLine line, String[] words) throws ConfigException {
    Set<String> flags = new HashSet<>();
    for (int i = 1; i < words.length; i++) {
      String flag = words[i].toLowerCase(Locale.ROOT);
      if (Set.of("noadvertise", "nolisten", "ipv4only", "ipv6only").contains(flag)) {
        flags.add(flag);
      } else {
        warn(line, "unrecognized flag " + OneLine.quote(words[i]) + " is ignored");
      }
    }
    if (flags.contains("noadvertise") && flags.contains("nolisten")) {
      throw ConfigException.value(
          line, "has both NoListen and NoAdvertise, which leaves nothing", "remove one of them");
    }
    if (flags.contains("ipv4only") && flags.contains("ipv6only")) {
      throw ConfigException.value(line, "has both IPv4Only and IPv6Only", "remove one of them");
    }
    return flags;
  }

  private static List<ServerPort> serverPorts(
      ConfigLine line, Place place, Set<String> flags, List<InetAddress> defaults)
      throws ConfigException {
    List<ServerPort> ports = new ArrayList<>();
    for (InetAddress address : place.explicit() ? List.of(place.address()) : defaults) {
      ServerPort port =
          new ServerPort(
              line,
              address,
              place.port(),
              place.explicit(),
              !flags.contains("nolisten"),
              !flags.contains("noadvertise"));
      boolean wrongFamily = flags.contains(port.isIpv4() ? "ipv6only" : "ipv4only");
      if (wrongFamily && place.explicit()) {
        throw ConfigException.value(
            line,
            "has a flag that does not fit its address",
            "remove " + (port.isIpv4() ? "IPv6Only" : "IPv4Only"));
      }
      if (!wrongFamily) {
        ports.add(port);
      }
    }
    return ports;
  }

  /**
   * Reads SocksPort or HTTPTunnelPort lines.
   *
   * @param defaultAddress address of a line without one
   */
  List<ClientPort> client(List<ConfigLine> lines, InetAddress defaultAddress)
      throws ConfigException {
    List<ClientPort> ports = new ArrayList<>();
    boolean off = false;
    for (ConfigLine line : lines) {
      String[] words = line.value().strip().split("[ \\t]+");
      Place place = place(line, words[0], defaultAddress);
      ClientPort port =
          clientPort(line, new InetSocketAddress(place.address(), place.port()), words);
      off |= place.off();
      if (!place.off()) {
        warnIfPublic(port);
        ports.add(port);
      }
    }
    refuseZeroAndMore(lines, off, !ports.isEmpty());
    return ports;
  }

  /**
   * Reads MetricsPort: as in C tor the first line counts, and the system does not choose the port.
   */
  Optional<MetricsPort> metrics(List<ConfigLine> lines, InetAddress defaultAddress)
      throws ConfigException {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    ConfigLine line = lines.getFirst();
    String[] words = line.value().strip().split("[ \\t]+");
    boolean known = words.length == 1 || words[1].equalsIgnoreCase("prometheus");
    if (words.length > 2 || !known) {
      throw ConfigException.value(line, "has an unknown format", "write prometheus, or nothing");
    }
    Place place = place(line, words[0], defaultAddress);
    if (place.off()) {
      return Optional.empty();
    }
    if (place.port() == 0) {
      throw ConfigException.value(line, "has no port number", "write one from 1 to 65535");
    }
    return Optional.of(new MetricsPort(line, new InetSocketAddress(place.address(), place.port())));
  }

  /** A port as if written without flags. */
  ClientPort plainClient(ConfigLine line, InetSocketAddress address) throws ConfigException {
    return clientPort(line, address, new String[] {""});
  }

  private ClientPort clientPort(ConfigLine line, InetSocketAddress address, String[] words)
      throws ConfigException {
    Set<Isolation> isolation = EnumSet.copyOf(DEFAULT_ISOLATION);
    Set<String> on =
        new HashSet<>(
            Set.of(
                "ipv4traffic", "ipv6traffic", "dnsrequest", "oniontraffic", "preferipv6automap"));
    int sessionGroup = -1;
    for (int i = 1; i < words.length; i++) {
      String flag = words[i].toLowerCase(Locale.ROOT);
      if (flag.startsWith("sessiongroup=")) {
        sessionGroup = sessionGroup(line, flag, sessionGroup);
        continue;
      }
      boolean no = flag.startsWith("no");
      String name = no ? flag.substring(2) : flag;
      Isolation kind = ISOLATION_FLAGS.get(name.endsWith("s") ? chop(name) : name);
      if (kind == null) {
        clientFlag(line, words[i], name, no, on);
      } else if (no) {
        isolation.remove(kind);
      } else {
        isolation.add(kind);
      }
    }
    checkTraffic(line, on);
    boolean byAuth = isolation.contains(Isolation.SOCKS_AUTH);
    boolean keepAlive = on.contains("keepaliveisolatesocksauth");
    if (keepAlive && !byAuth) {
      throw ConfigException.value(
          line, "has both NoIsolateSOCKSAuth and KeepAliveIsolateSOCKSAuth", "remove one of them");
    }
    return new ClientPort(
        line,
        address,
        isolation,
        sessionGroup,
        on.contains("ipv4traffic"),
        on.contains("ipv6traffic"),
        on.contains("preferipv6"),
        on.contains("preferipv6automap"),
        on.contains("dnsrequest"),
        on.contains("oniontraffic"),
        on.contains("prefersocksnoauth") || !byAuth,
        keepAlive,
        on.contains("extendederrors"));
  }

  private void clientFlag(ConfigLine line, String written, String name, boolean no, Set<String> on)
      throws ConfigException {
    switch (name) {
      case "ipv4traffic",
          "ipv6traffic",
          "preferipv6",
          "preferipv6automap",
          "dnsrequest",
          "oniontraffic",
          "prefersocksnoauth",
          "keepaliveisolatesocksauth",
          "extendederrors" -> {
        if (no) {
          on.remove(name);
        } else {
          on.add(name);
        }
      }
      case "oniontrafficonly" -> {
        if (no) {
          warn(line, "there is no flag NoOnionTrafficOnly; it is ignored");
        } else {
          on.removeAll(Set.of("ipv4traffic", "ipv6traffic", "dnsrequest"));
        }
      }
      default -> {
        if (UNIX_FLAGS.contains(name)) {
          throw ConfigException.value(
              line, "has a flag for unix sockets but is none", "remove " + written);
        }
        if (!CACHE_FLAGS.contains(name)) {
          warn(line, "unrecognized flag " + OneLine.quote(written) + " is ignored");
        } else if (!no) {
          warn(line, "flag " + written + " is ignored: answers are never cached here");
        }
      }
    }
  }

  private static void checkTraffic(ConfigLine line, Set<String> on) throws ConfigException {
    boolean ip = on.contains("ipv4traffic") || on.contains("ipv6traffic");
    if (!ip && !on.contains("oniontraffic")) {
      throw ConfigException.value(
          line, "allows no IPv4, no IPv6 and no onion address", "allow one of them");
    }
    if (!ip && on.contains("dnsrequest")) {
      throw ConfigException.value(
          line,
          "allows DNS requests but neither IPv4 nor IPv6",
          "add NoDNSRequest, or use OnionTrafficOnly");
    }
  }

  private static int sessionGroup(ConfigLine line, String flag, int earlier)
      throws ConfigException {
    int group;
    try {
      group = Integer.parseInt(flag.substring(flag.indexOf('=') + 1));
    } catch (NumberFormatException e) {
      group = -1;
    }
    if (group < 0 || earlier >= 0) {
      throw ConfigException.value(
          line, "has a bad SessionGroup", "write one SessionGroup=NUMBER, from 0 up");
    }
    return group;
  }

  private static Place place(ConfigLine line, String word, InetAddress defaultAddress)
      throws ConfigException {
    if (word.startsWith("unix:")) {
      throw ConfigException.value(
          line,
          "is a unix socket, which this version does not support",
          "use an address and port, such as 127.0.0.1:9050");
    }
    int port = "auto".equalsIgnoreCase(word) ? 0 : Addresses.port(word, 0);
    if (port >= 0) {
      return new Place(defaultAddress, port, false, word.equals("0"));
    }
    Optional<InetAddress> address = Addresses.parseOrLocalhost(Addresses.hostOf(word));
    String portText = Addresses.portOf(word);
    if (address.isPresent() && portText.isEmpty()) {
      throw ConfigException.value(
          line, "has an address but no port", "write ADDRESS:PORT, [IPv6]:PORT or ADDRESS:auto");
    }
    port = "auto".equalsIgnoreCase(portText) ? 0 : Addresses.port(portText, 1);
    if (address.isEmpty() || port < 0) {
      throw ConfigException.value(
          line,
          "is not a port or a literal IP address and port",
          "write PORT, auto, ADDRESS:PORT or [IPv6]:PORT; host names are not looked up");
    }
    return new Place(address.get(), port, true, false);
  }

  private static void refuseZeroAndMore(List<ConfigLine> lines, boolean off, boolean on)
      throws ConfigException {
    if (off && on) {
      ConfigLine zero =
          lines.stream().filter(line -> line.value().strip().equals("0")).findFirst().orElseThrow();
      throw ConfigException.value(
          zero,
          "turns the port off while another line opens one",
          "remove either this line or the others");
    }
  }

  private void warnIfPublic(ClientPort port) {
    InetAddress address = port.address().getAddress();
    if (address.isLoopbackAddress() || port.line().origin().equals(Origin.DEFAULT)) {
      return;
    }
    warn(
        port.line(),
        address.isSiteLocalAddress() || address.isLinkLocalAddress()
            ? "everybody in the local network can use this port as a proxy"
            : "everybody who reaches this machine can use this port as an open proxy");
  }

  private void warn(ConfigLine line, String text) {
    warnings.accept(OneLine.of(line.origin() + ": " + line.name() + ": " + text));
  }

  private static String chop(String text) {
    return text.substring(0, text.length() - 1);
  }
}
