package org.tunic.directory.fetch;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.view.Relay;

/**
 * Somebody to ask for directory documents.
 *
 * <p>Threads: immutable.
 */
public sealed interface DirServer {
  /** A configured directory authority. */
  record Authority(DirAuthority authority) implements DirServer {}

  /**
   * A configured fallback directory (or a bridge): a relay known before any consensus.
   *
   * @param weight how often it is asked, beside other fallbacks; finite, not negative
   */
  record Fallback(RelayIds ids, List<InetSocketAddress> orPorts, double weight)
      implements DirServer {
    /** Copies the list. */
    public Fallback {
      orPorts = List.copyOf(orPorts);
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("no weight of a fallback: " + weight);
      }
    }
  }

  /** A relay of the consensus that serves directory documents (flag V2Dir). */
  record Cache(Relay relay) implements DirServer {}

  /** The identity it must prove; of an authority or fallback the Ed25519 part may be unknown. */
  default RelayIds ids() {
    return switch (this) {
      case Authority(DirAuthority a) -> RelayIds.ofRsa(a.fingerprint());
      case Fallback f -> f.ids();
      case Cache(Relay r) -> r.ids();
    };
  }

  /** Where its OR port is, numeric, the preferred one first; not empty. */
  default List<InetSocketAddress> orPorts() {
    return switch (this) {
      case Authority(DirAuthority a) -> a.orPorts();
      case Fallback f -> f.orPorts();
      case Cache(Relay r) -> r.orPorts();
    };
  }

  /** Its directory port for plain HTTP, if it has one. */
  default Optional<InetSocketAddress> dirPort() {
    return switch (this) {
      case Authority(DirAuthority a) -> Optional.of(a.dirPort());
      case Fallback _ -> Optional.empty();
      case Cache(Relay r) -> r.dirPort();
    };
  }

  /**
   * Its ntor onion key, if a microdescriptor told us; without it a circuit starts with CREATE_FAST.
   */
  default Optional<NtorPublicKey> ntorOnionKey() {
    return switch (this) {
      case Authority _, Fallback _ -> Optional.empty();
      case Cache(Relay r) -> Optional.of(r.ntor());
    };
  }
}
