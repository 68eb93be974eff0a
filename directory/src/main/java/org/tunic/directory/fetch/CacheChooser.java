package org.tunic.directory.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * Picks the directory cache a client asks next. A client that has guards asks those, so that no
 * other relay learns that it exists; {@link #weighted} is for nodes that have nothing to hide.
 *
 * <p>Threads: the fetcher's virtual thread.
 */
@FunctionalInterface
public interface CacheChooser {
  /**
   * Whom not to choose.
   *
   * @param avoid relays that failed lately or are being asked already
   * @param outdated relays that lacked microdescriptors of this consensus, if such are asked for
   */
  record Wish(Set<RsaIdentity> avoid, Set<RsaIdentity> outdated) {
    /** Nobody is to be avoided. */
    public static final Wish ANY = new Wish(Set.of(), Set.of());

    /** Copies the sets. */
    public Wish {
      avoid = Set.copyOf(avoid);
      outdated = Set.copyOf(outdated);
    }
  }

  /**
   * A relay of the view that serves directory documents.
   *
   * @return empty if there is none but those to be avoided: the fetcher then asks fallbacks or
   *     authorities
   */
  Optional<Relay> choose(NetworkView view, Wish wish);

  /** A relay it chose answered, with whatever. */
  default void answered(RsaIdentity cache) {}

  /** A relay it chose could not be reached, or did not answer. */
  default void failed(RsaIdentity cache) {}

  /** A random cache, weighted by bandwidth. */
  static CacheChooser weighted(RandomGenerator random) {
    return (view, wish) -> {
      List<Relay> caches = new ArrayList<>();
      double total = 0;
      for (Relay relay : view.relays()) {
        if (relay.isDirectory() && !wish.avoid().contains(relay.ids().rsa())) {
          caches.add(relay);
          total += weight(view, relay);
        }
      }
      double at = random.nextDouble() * total;
      for (Relay cache : caches) {
        at -= weight(view, cache);
        if (at < 0) {
          return Optional.of(cache);
        }
      }
      // All weights are zero, or rounding ate the last bit.
      return caches.isEmpty() ? Optional.empty() : Optional.of(caches.getLast());
    };
  }

  private static double weight(NetworkView view, Relay relay) {
    boolean exit = relay.has(RelayFlag.EXIT) && !relay.has(RelayFlag.BAD_EXIT);
    return relay.weight()
        * view.weights().factor(Position.DIRECTORY, relay.has(RelayFlag.GUARD), exit, true);
  }
}
