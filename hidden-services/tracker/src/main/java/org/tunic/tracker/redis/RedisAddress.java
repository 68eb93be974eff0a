package org.tunic.tracker.redis;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.directory.policy.IpLiteral;

/**
 * Where a Redis is. Addresses are numeric: the JVM looks up no names.
 *
 * <pre>
 * redis://127.0.0.1:6379                              one server; rediss:// with TLS
 * redis-socket:///run/redis/redis.sock                one server on this host
 * redis-sentinel://127.0.0.1:26379,127.0.0.1:26380#master
 * redis-cluster://127.0.0.1:7000,127.0.0.1:7001       some nodes of a cluster
 * </pre>
 *
 * <p>{@code rediss-sentinel} and {@code rediss-cluster} are the same with TLS.
 *
 * <p>Threads: immutable.
 */
public sealed interface RedisAddress {
  /** Servers of one address. */
  int MAX_SERVERS = 64;

  /** One server. */
  record Single(InetSocketAddress server, boolean tls) implements RedisAddress {}

  /** One server behind a file. */
  record Socket(String path) implements RedisAddress {}

  /** Whichever server the sentinels call the master of this name. */
  record Sentinel(List<InetSocketAddress> sentinels, String master, boolean tls)
      implements RedisAddress {
    /** Copies the list. */
    public Sentinel {
      sentinels = List.copyOf(sentinels);
    }
  }

  /** A cluster, by some of its nodes. */
  record Cluster(List<InetSocketAddress> nodes, boolean tls) implements RedisAddress {
    /** Copies the list. */
    public Cluster {
      nodes = List.copyOf(nodes);
    }
  }

  /** Whether it goes through TLS. */
  default boolean isTls() {
    return switch (this) {
      case Single single -> single.tls();
      case Socket _ -> false;
      case Sentinel sentinel -> sentinel.tls();
      case Cluster cluster -> cluster.tls();
    };
  }

  /** Whether it names another host than this one. */
  default boolean isRemote() {
    return switch (this) {
      case Single single -> isRemote(List.of(single.server()));
      case Socket _ -> false;
      case Sentinel sentinel -> isRemote(sentinel.sentinels());
      case Cluster cluster -> isRemote(cluster.nodes());
    };
  }

  private static boolean isRemote(List<InetSocketAddress> servers) {
    return servers.stream().anyMatch(server -> !server.getAddress().isLoopbackAddress());
  }

  /** Reads one; empty if it is none. */
  static Optional<RedisAddress> parse(String text) {
    int colon = text.indexOf("://");
    if (colon < 0) {
      return Optional.empty();
    }
    String scheme = text.substring(0, colon);
    String rest = text.substring(colon + 3);
    boolean tls = scheme.startsWith("rediss");
    return switch (scheme) {
      case "redis-socket" ->
          rest.startsWith("/") ? Optional.of(new Socket(rest)) : Optional.empty();
      case "redis", "rediss" ->
          servers(rest)
              .filter(servers -> servers.size() == 1)
              .map(servers -> new Single(servers.getFirst(), tls));
      case "redis-cluster", "rediss-cluster" -> servers(rest).map(nodes -> new Cluster(nodes, tls));
      case "redis-sentinel", "rediss-sentinel" -> {
        int mark = rest.indexOf('#');
        yield mark < 0 || mark == rest.length() - 1
            ? Optional.empty()
            : servers(rest.substring(0, mark))
                .map(servers -> new Sentinel(servers, rest.substring(mark + 1), tls));
      }
      default -> Optional.empty();
    };
  }

  private static Optional<List<InetSocketAddress>> servers(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      int colon = one.lastIndexOf(':');
      if (colon < 0 || servers.size() == MAX_SERVERS) {
        return Optional.empty();
      }
      String host = one.substring(0, colon);
      Optional<InetAddress> address =
          IpLiteral.parseAddress(
              host.startsWith("[") && host.endsWith("]")
                  ? host.substring(1, host.length() - 1)
                  : host);
      int port = port(one.substring(colon + 1));
      if (address.isEmpty() || port == 0) {
        return Optional.empty();
      }
      servers.add(new InetSocketAddress(address.get(), port));
    }
    return Optional.of(servers);
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= 0xffff ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
