package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.NetworkView;

/**
 * Whom to ask: caches of the network once we know it, before that fallbacks, and authorities where
 * nobody else will do. Caches themselves ask the authorities.
 *
 * <p>A server that did not answer, lacked the document or lied is left alone for a while, longer
 * each time. If that leaves nobody, the one whose time comes first is asked all the same: how fast
 * we ask is the retry schedule's concern, not this class's.
 *
 * <p>Spec: dir-spec/client-operation. Threads: the fetcher's virtual thread.
 */
public final class DirServers {
  /** How long a server is left alone after its first failure; doubles with each. */
  private static final Duration FIRST_PENALTY = Duration.ofSeconds(2);

  private static final Duration MAX_PENALTY = Duration.ofMinutes(10);

  /** A lie counts as this many failures. */
  private static final int LIE = 5;

  private static final int MAX_FAILURES = 12;

  /** More caches than this lack nothing: the consensus is ahead of them all. */
  static final int MAX_OUTDATED = 30;

  private final List<DirServer.Fallback> fallbacks;
  private final List<DirServer> authorities = new ArrayList<>();
  private final Set<RsaIdentity> v3idents = new HashSet<>();
  private final CacheChooser caches;

  /** By identity; never more than there are configured servers and relays in the view. */
  private final Map<RsaIdentity, Health> health = new HashMap<>();

  /** Caches that lacked microdescriptors of this consensus; asked again when there are too many. */
  private final Set<RsaIdentity> outdated = new HashSet<>();

  private record Health(int failures, Instant leaveAloneUntil) {}

  /**
   * The servers of one node.
   *
   * @param authorities all configured authorities
   * @param fallbacks configured fallback directories; may be empty
   * @param caches picks among the relays of a view
   * @param self this node's identity, which it never asks; null for a client
   */
  public DirServers(
      List<DirAuthority> authorities,
      List<DirServer.Fallback> fallbacks,
      CacheChooser caches,
      @Nullable RsaIdentity self) {
    this.fallbacks = List.copyOf(fallbacks);
    this.caches = caches;
    for (DirAuthority authority : authorities) {
      authority.v3().ifPresent(v3idents::add);
      if (!authority.fingerprint().equals(self)) {
        this.authorities.add(new DirServer.Authority(authority));
      }
    }
  }

  /** The {@code v3ident}s of all configured authorities, this node's included. */
  Set<RsaIdentity> v3idents() {
    return v3idents;
  }

  /**
   * Whom to ask next; empty if nobody is configured.
   *
   * @param view the network, if we may ask its caches
   * @param busy servers that are being asked for the same thing already
   * @param microdescriptors whether microdescriptors are asked for
   */
  Optional<DirServer> choose(
      @Nullable NetworkView view,
      Set<RsaIdentity> busy,
      boolean microdescriptors,
      Instant now,
      RandomGenerator random) {
    Set<RsaIdentity> avoid = new HashSet<>(busy);
    health.forEach(
        (id, h) -> {
          if (now.isBefore(h.leaveAloneUntil)) {
            avoid.add(id);
          }
        });
    if (view != null) {
      CacheChooser.Wish wish = new CacheChooser.Wish(avoid, microdescriptors ? outdated : Set.of());
      Optional<DirServer> cache = caches.choose(view, wish).map(DirServer.Cache::new);
      if (cache.isPresent()) {
        return cache;
      }
    }
    return pickByWeight(avoid, random)
        .or(() -> pick(authorities, avoid, random))
        .or(() -> soonest(busy));
  }

  private static Optional<DirServer> pick(
      List<? extends DirServer> servers, Set<RsaIdentity> avoid, RandomGenerator random) {
    List<? extends DirServer> possible =
        servers.stream().filter(s -> !avoid.contains(s.ids().rsa())).toList();
    return possible.isEmpty()
        ? Optional.empty()
        : Optional.of(possible.get(random.nextInt(possible.size())));
  }

  /** If no weight is left, all are alike, as in C tor. */
  private Optional<DirServer> pickByWeight(Set<RsaIdentity> avoid, RandomGenerator random) {
    List<DirServer.Fallback> possible =
        fallbacks.stream().filter(f -> !avoid.contains(f.ids().rsa())).toList();
    double left =
        random.nextDouble() * possible.stream().mapToDouble(DirServer.Fallback::weight).sum();
    for (DirServer.Fallback fallback : possible) {
      left -= fallback.weight();
      if (left < 0) {
        return Optional.of(fallback);
      }
    }
    return pick(possible, Set.of(), random);
  }

  private Optional<DirServer> soonest(Set<RsaIdentity> busy) {
    DirServer best = null;
    Instant bestUntil = Instant.MAX;
    for (List<? extends DirServer> servers : List.of(fallbacks, authorities)) {
      for (DirServer server : servers) {
        Health h = health.get(server.ids().rsa());
        Instant until = h == null ? Instant.MIN : h.leaveAloneUntil;
        if (!busy.contains(server.ids().rsa()) && until.isBefore(bestUntil)) {
          best = server;
          bestUntil = until;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** The server gave us what we asked for. */
  void succeeded(DirServer server) {
    health.remove(server.ids().rsa());
    answered(server);
  }

  /** The server did not answer. */
  void failed(DirServer server, Instant now) {
    penalise(server, 1, now);
    if (server instanceof DirServer.Cache) {
      caches.failed(server.ids().rsa());
    }
  }

  /** The server lacks what we asked for. */
  void lacked(DirServer server, boolean microdescriptors, Instant now) {
    penalise(server, 1, now);
    answered(server);
    if (microdescriptors && server instanceof DirServer.Cache) {
      if (outdated.size() >= MAX_OUTDATED) {
        outdated.clear();
      }
      outdated.add(server.ids().rsa());
    }
  }

  /** The server sent something that it could have known to be wrong. */
  void lied(DirServer server, Instant now) {
    penalise(server, LIE, now);
    answered(server);
  }

  /** The server sent something; what it is worth is not known yet. */
  void answered(DirServer server) {
    if (server instanceof DirServer.Cache) {
      caches.answered(server.ids().rsa());
    }
  }

  /** There is a new consensus: caches may have what they lacked. */
  void newConsensus() {
    outdated.clear();
  }

  private void penalise(DirServer server, int weight, Instant now) {
    RsaIdentity id = server.ids().rsa();
    Health before = health.get(id);
    int failures = Math.min(MAX_FAILURES, (before == null ? 0 : before.failures) + weight);
    Duration penalty = FIRST_PENALTY.multipliedBy(1L << (failures - 1));
    health.put(
        id,
        new Health(failures, now.plus(penalty.compareTo(MAX_PENALTY) > 0 ? MAX_PENALTY : penalty)));
  }

  /** Forgets the failures of relays that are no longer in the network. */
  void retain(NetworkView view) {
    Set<RsaIdentity> configured = new HashSet<>();
    fallbacks.forEach(s -> configured.add(s.ids().rsa()));
    authorities.forEach(s -> configured.add(s.ids().rsa()));
    health.keySet().removeIf(id -> !configured.contains(id) && view.byRsa(id).isEmpty());
  }
}
