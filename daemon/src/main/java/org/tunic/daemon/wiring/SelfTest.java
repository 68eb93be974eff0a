package org.tunic.daemon.wiring;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.Config;
import org.tunic.directory.policy.IpLiteral;

/**
 * Whether others reach our OR ports; a relay publishes nothing before they do. They do when
 * somebody asks for a circuit over a connection that we did not open, from outside our own network:
 * as in C tor, whoever that is. So that there is somebody, the relay builds circuits that end at
 * itself, once a minute for the first twenty minutes; after that it complains every twenty.
 *
 * <p>Spec: path-spec/when-we-build
 *
 * <p>Threads: any.
 */
final class SelfTest {
  /** How long a relay tests each minute. */
  static final Duration EARLY = Duration.ofMinutes(20);

  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final Duration COMPLAINT = Duration.ofMinutes(20);
  private static final int IPV4_NETWORK = 24;
  private static final int IPV6_NETWORK = 48;

  private static final Logger LOG = LoggerFactory.getLogger(SelfTest.class);

  /** An OR port is tested for each family of addresses that it has. */
  enum Family {
    IPV4,
    IPV6;

    static Family of(InetAddress address) {
      return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    @Override
    public String toString() {
      return this == IPV4 ? "IPv4" : "IPv6";
    }
  }

  private final Supplier<Config.Relay> relay;
  private final boolean distinctSubnets;
  private final Function<Family, Optional<CompletableFuture<?>>> circuits;
  private final InstantSource clock;
  private final Instant started;
  private final Runnable changed;

  private final Set<Family> found = EnumSet.noneOf(Family.class); // guarded by this
  private volatile boolean done; // nothing more to find
  private @Nullable Instant tested; // guarded by this
  private @Nullable Instant complained; // guarded by this
  private boolean announced; // guarded by this

  /**
   * @param relay as it is configured now
   * @param distinctSubnets EnforceDistinctSubnets
   * @param circuits builds a circuit that ends at our OR port of a family; empty while too little
   *     is known of the network
   * @param changed told when an OR port was found reachable; on any thread
   */
  SelfTest(
      Supplier<Config.Relay> relay,
      boolean distinctSubnets,
      Function<Family, Optional<CompletableFuture<?>>> circuits,
      InstantSource clock,
      Runnable changed) {
    this.relay = relay;
    this.distinctSubnets = distinctSubnets;
    this.circuits = circuits;
    this.clock = clock;
    this.started = clock.instant();
    this.changed = changed;
  }

  /** Whether all our OR ports were found reachable, or need not be. */
  synchronized boolean passed() {
    return missing().isEmpty();
  }

  private List<Family> missing() {
    Config.Relay now = relay.get();
    List<Family> missing = new ArrayList<>();
    if (now.assumeReachable()) {
      return missing;
    }
    if (now.publishedIpv4().isPresent() && !found.contains(Family.IPV4)) {
      missing.add(Family.IPV4);
    }
    if (now.advertisesIpv6() && !now.assumeReachableIpv6() && !found.contains(Family.IPV6)) {
      missing.add(Family.IPV6);
    }
    return missing;
  }

  /**
   * Somebody asks for a circuit.
   *
   * @param openedByUs whether the connection that it comes over is one of ours
   */
  void onCreate(boolean openedByUs, InetAddress from) {
    if (!done && !openedByUs && !isNear(from)) {
      found(Family.of(from));
    }
  }

  private boolean isNear(InetAddress from) {
    Config.Relay now = relay.get();
    if (now.extendToPrivateAddresses()) {
      return false;
    }
    if (IpLiteral.isInternal(from)) {
      return true;
    }
    boolean ipv4 = from instanceof Inet4Address;
    return distinctSubnets
        && (ipv4 ? now.publishedIpv4() : now.publishedIpv6())
            .map(own -> sameNetwork(own, from, ipv4 ? IPV4_NETWORK : IPV6_NETWORK))
            .orElse(false);
  }

  private static boolean sameNetwork(InetAddress one, InetAddress other, int bits) {
    byte[] a = one.getAddress();
    byte[] b = other.getAddress();
    for (int i = 0; i < bits / Byte.SIZE; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  private void found(Family family) {
    synchronized (this) {
      if (!missing().contains(family)) {
        return;
      }
      found.add(family);
      done = missing().isEmpty();
      LOG.info(
          "Self-testing indicates your {} ORPort is reachable from the outside. Excellent.{}",
          family,
          done && relay.get().publish() ? " Publishing server descriptor." : "");
    }
    changed.run();
  }

  /** The configuration may name other ports: those that are new are tested. */
  synchronized void reset() {
    found.clear();
    done = false;
    tested = null;
    announced = false;
  }

  /** To be called every second or so: tests when it is time. */
  void tick() {
    Instant now = clock.instant();
    boolean early = now.isBefore(started.plus(EARLY));
    List<Family> missing;
    synchronized (this) {
      missing = missing();
      done = missing.isEmpty();
      if (done) {
        return;
      }
      complain(now, early, missing);
      if (tested != null && now.isBefore(tested.plus(early ? INTERVAL : COMPLAINT))) {
        return;
      }
      tested = now;
    }
    boolean any = false;
    for (Family family : missing) {
      Optional<CompletableFuture<?>> circuit = circuits.apply(family);
      any |= circuit.isPresent();
      circuit.ifPresent(
          building ->
              building.whenComplete(
                  (_, failure) ->
                      LOG.debug(
                          "The circuit that tests our {} ORPort {}",
                          family,
                          failure == null ? "was built" : "could not be built")));
    }
    announce(any, missing);
  }

  private synchronized void announce(boolean any, List<Family> missing) {
    if (!any) {
      tested = null; // the network is not known yet
    } else if (!announced) {
      announced = true;
      for (Family family : missing) {
        LOG.info(
            "Now checking whether {} ORPort is reachable... (this may take up to 20 minutes --"
                + " look for log messages indicating success)",
            family);
      }
    }
  }

  private void complain(Instant now, boolean early, List<Family> missing) {
    Instant before = complained == null ? started : complained;
    if (!early && !now.isBefore(before.plus(COMPLAINT))) {
      complained = now;
      LOG.warn(
          "Your server has not managed to confirm reachability for its ORPort(s) ({}). Relays do"
              + " not publish descriptors until their ORPort(s) are reachable. Please check your"
              + " firewalls, ports, address, /etc/hosts file, etc.",
          String.join(" and ", missing.stream().map(Family::toString).toList()));
    }
  }
}
