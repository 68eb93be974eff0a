package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * The exits that streams to certain hosts took, so that later ones take the same: for web sites
 * that end a session when its address changes.
 *
 * <p>As in C tor an exit is noted when a stream is sent to it, and each further use makes it last
 * longer. One that failed is forgotten.
 *
 * <p>Bounds: {@value #MAX_HOSTS} hosts; the one noted longest ago makes room. Spec: tor(1), {@code
 * TrackHostExits}. Threads: one at a time, the pool's.
 */
final class TrackedExits {
  /** Hosts remembered. */
  static final int MAX_HOSTS = 1024;

  /**
   * What the configuration says.
   *
   * @param hosts {@code TrackHostExits}: names, and domains with a dot in front; a single dot is
   *     every host
   * @param expiry {@code TrackHostExitsExpire}
   */
  record Wish(List<String> hosts, Duration expiry) {
    static final Wish NONE = new Wish(List.of(), Duration.ofMinutes(30));

    Wish {
      hosts = List.copyOf(hosts);
    }

    boolean includes(String host) {
      String name = host.toLowerCase(Locale.ROOT);
      for (String wanted : hosts) {
        boolean domain = wanted.startsWith(".");
        if (name.equals(domain ? wanted.substring(1) : wanted)
            || (domain && (wanted.length() == 1 || name.endsWith(wanted)))) {
          return true;
        }
      }
      return false;
    }
  }

  private record Entry(RsaIdentity exit, long untilNanos) {}

  private final Map<String, Entry> exits = new LinkedHashMap<>();

  /** The exit for a host, if it has one. */
  Optional<RsaIdentity> of(String host, long now) {
    Entry entry = exits.get(host);
    if (entry != null && entry.untilNanos - now <= 0) {
      exits.remove(host);
      return Optional.empty();
    }
    return Optional.ofNullable(entry).map(Entry::exit);
  }

  /** A stream to a host is sent to an exit. */
  void note(Wish wish, String host, RsaIdentity exit, long now) {
    if (!wish.includes(host)) {
      return;
    }
    RsaIdentity kept = of(host, now).orElse(exit);
    exits.remove(host);
    exits.put(host, new Entry(kept, now + wish.expiry().toNanos()));
    if (exits.size() > MAX_HOSTS) {
      exits.remove(exits.keySet().iterator().next());
    }
  }

  /** The exit for a host did not do. */
  void forget(String host) {
    exits.remove(host);
  }

  /** Everything is to be chosen anew. */
  void clear() {
    exits.clear();
  }
}
