package org.tunic.daemon.wiring;

import io.netty.channel.ReflectiveChannelFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tunic.daemon.config.AccessPolicies;
import org.tunic.daemon.config.ConfigException;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.router.limits.ConnectionCounters;
import org.tunic.router.limits.ConnectionKind;
import org.tunic.router.link.CountedListeners;
import org.tunic.router.link.Transport;

/**
 * Makes the listening sockets of the ports that have a policy, and keeps the policies in force: a
 * change counts for connections from then on.
 *
 * <p>Threads: any.
 */
final class Doors {
  /** A port without rules of its own matches none of them. */
  private static final int ANY_PORT = 1;

  private final Transport transport;
  private final ConnectionCounters counters;
  private volatile Policies policies;

  /** The policies of {@link AccessPolicies}, read. */
  record Policies(ExitPolicy socks, ExitPolicy directory, ExitPolicy metrics) {
    /**
     * Reads them.
     *
     * @throws ConfigException if one cannot be read
     */
    static Policies of(AccessPolicies rules) throws ConfigException {
      return new Policies(
          read("SocksPolicy", rules.socks()),
          read("DirPolicy", rules.directory()),
          read("MetricsPortPolicy", rules.metrics()));
    }

    private static ExitPolicy read(String option, List<String> rules) throws ConfigException {
      try {
        return ExitPolicy.parseRules(rules, Optional.empty());
      } catch (PolicySyntaxException e) {
        throw new ConfigException(option + ": " + e.getMessage());
      }
    }
  }

  Doors(Policies policies, Transport transport, ConnectionCounters counters) {
    this.policies = policies;
    this.transport = transport;
    this.counters = counters;
  }

  /** Other policies from now on. */
  void use(Policies next) {
    policies = next;
  }

  CountedListeners socks() {
    return listeners(ConnectionKind.SOCKS_LISTENER, ConnectionKind.SOCKS, Policies::socks);
  }

  CountedListeners httpTunnel() {
    return listeners(ConnectionKind.HTTP_TUNNEL_LISTENER, ConnectionKind.SOCKS, Policies::socks);
  }

  CountedListeners directory() {
    return listeners(
        ConnectionKind.DIRECTORY_LISTENER, ConnectionKind.DIRECTORY, Policies::directory);
  }

  CountedListeners metrics() {
    return listeners(ConnectionKind.METRICS_LISTENER, ConnectionKind.METRICS, Policies::metrics);
  }

  private CountedListeners listeners(
      ConnectionKind listener, ConnectionKind accepted, Function<Policies, ExitPolicy> policy) {
    return new CountedListeners(
        new ReflectiveChannelFactory<>(transport.serverSocketType()),
        listener,
        accepted,
        counters,
        (InetAddress address) -> policy.apply(policies).allows(address, ANY_PORT));
  }
}
