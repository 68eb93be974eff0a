package org.tunic.directory.authority.descriptors;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.flags.StabilityHistory;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * Which relays to connect to, to see whether they are there, and who was seen when.
 *
 * <p>A new or moved relay is due at once; otherwise each is tested every 1280 seconds: every ten
 * seconds those whose identity begins with the next of 128 byte values (and that value plus 128). A
 * relay counts as running for 45 minutes after it was reached.
 *
 * <p>Spec: dir-spec/assigning-flags-vote (Running). Threads: one caller at a time; its owner guards
 * it.
 */
public final class ReachabilityTests {
  private static final Duration SLICE = Duration.ofSeconds(10);
  private static final int SLICES = 128;
  private static final Duration CYCLE = SLICE.multipliedBy(SLICES);
  private static final Duration TIMEOUT = Duration.ofMinutes(45);
  private static final Duration HIBERNATION_SKEW = Duration.ofHours(1);

  /** Most slices caught up with in one call, after the machine slept. */
  private static final int MAX_SLICES_AT_ONCE = 8;

  private final AuthorityConfig config;
  private final DescriptorBook book;
  private final StabilityHistory history;
  private final Map<RsaIdentity, Instant> lastReached = new HashMap<>();
  private final Map<RsaIdentity, Instant> lastReached6 = new HashMap<>();

  /** Due at once; bounded by the number of relays in the book. */
  private final Set<RsaIdentity> urgent = new LinkedHashSet<>();

  private int nextSlice;
  private @Nullable Instant nextSliceDue;

  /**
   * One test to make: an OR connection on which CERTS must prove these identities.
   *
   * @param ids whom to expect
   * @param addresses where: the IPv4 OR port, and the IPv6 one if we test those
   */
  public record Target(RelayIds ids, List<RelayAddress> addresses) {
    public Target {
      addresses = List.copyOf(addresses);
    }
  }

  public ReachabilityTests(AuthorityConfig config, DescriptorBook book, StabilityHistory history) {
    this.config = config;
    this.book = book;
    this.history = history;
  }

  /** Asks for a test of this relay as soon as possible. */
  public void soon(RsaIdentity relay) {
    urgent.add(relay);
  }

  /** The tests to start now. Call it every second or so. */
  public List<Target> due(Instant now) {
    if (!config.testReachability()) {
      return List.of();
    }
    Set<RsaIdentity> wanted = new LinkedHashSet<>(urgent);
    urgent.clear();
    Instant due = nextSliceDue == null ? now : nextSliceDue;
    for (int i = 0; i < MAX_SLICES_AT_ONCE && !due.isAfter(now); i++) {
      for (RouterDescriptor descriptor : book.all()) {
        if (descriptor.identity().bytes().at(0) % SLICES == nextSlice) {
          wanted.add(descriptor.identity());
        }
      }
      nextSlice = (nextSlice + 1) % SLICES;
      due = due.plus(SLICE);
    }
    nextSliceDue = due.isAfter(now) ? due : now.plus(SLICE);
    wanted.remove(config.ids().rsa());
    List<Target> targets = new ArrayList<>();
    wanted.forEach(relay -> book.newest(relay).map(this::target).ifPresent(targets::add));
    return targets;
  }

  private Target target(RouterDescriptor descriptor) {
    List<RelayAddress> addresses = new ArrayList<>();
    addresses.add(descriptor.contents().orPort());
    if (config.ipv6Connectivity()) {
      descriptor.contents().ipv6().ifPresent(addresses::add);
    }
    return new Target(descriptor.ids(), addresses);
  }

  /**
   * CERTS on an OR connection to this address proved these identities. Any connection will do,
   * whether made for a test or not; what does not fit a known descriptor is ignored.
   */
  public void reachable(RelayIds proven, RelayAddress at, Instant now) {
    Optional<RouterDescriptor> known = book.newest(proven.rsa());
    if (known.isEmpty() || !known.get().ids().matches(proven)) {
      return;
    }
    if (at.equals(known.get().contents().orPort())) {
      lastReached.put(proven.rsa(), now);
      history.reachable(proven.rsa(), at, now);
    } else if (Optional.of(at).equals(known.get().contents().ipv6())) {
      lastReached6.put(proven.rsa(), now);
    }
  }

  /** Whether the relay gets the flag Running; what is down is noted in the history. */
  public boolean isRunning(RouterDescriptor descriptor, boolean opinionOnRunning, Instant now) {
    RsaIdentity relay = descriptor.identity();
    Instant reached = lastReached.get(relay);
    boolean running = isRunning(descriptor, reached, now);
    if (!running && opinionOnRunning) {
      boolean longAgo = reached != null && reached.plus(CYCLE).isBefore(now);
      history.unreachable(relay, longAgo && reached != null ? reached.plus(CYCLE) : now);
    }
    return running;
  }

  private boolean isRunning(RouterDescriptor descriptor, @Nullable Instant reached, Instant now) {
    if (descriptor.identity().equals(config.ids().rsa())) {
      return !descriptor.contents().hibernating();
    }
    boolean hibernating =
        descriptor.contents().hibernating()
            && (reached == null || descriptor.published().plus(HIBERNATION_SKEW).isAfter(reached));
    if (hibernating) {
      return false;
    }
    if (!config.testReachability()) {
      return true;
    }
    boolean ipv6Matters = config.ipv6Connectivity() && descriptor.contents().ipv6().isPresent();
    return isRecent(reached, now)
        && (!ipv6Matters || isRecent(lastReached6.get(descriptor.identity()), now));
  }

  /** Whether the relay's IPv6 OR port may be published. */
  public boolean isReachable6(RouterDescriptor descriptor, Instant now) {
    boolean self = descriptor.identity().equals(config.ids().rsa());
    return config.ipv6Connectivity()
        && descriptor.contents().ipv6().isPresent()
        && (self || isRecent(lastReached6.get(descriptor.identity()), now));
  }

  /** Forgets relays that are no longer in the book. */
  public void expire() {
    lastReached.keySet().removeIf(relay -> book.newest(relay).isEmpty());
    lastReached6.keySet().removeIf(relay -> book.newest(relay).isEmpty());
  }

  private static boolean isRecent(@Nullable Instant reached, Instant now) {
    return reached != null && now.isBefore(reached.plus(TIMEOUT));
  }
}
