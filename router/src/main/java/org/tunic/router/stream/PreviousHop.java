package org.tunic.router.stream;

import java.net.InetAddress;
import java.util.Optional;
import org.tunic.crypto.identity.RelayIds;

/**
 * Where a circuit comes from, for those who serve streams on it.
 *
 * <p>Threads: immutable.
 *
 * @param relay the identity that the previous hop proved; empty for a client, whose circuit ends at
 *     its first hop
 * @param address of its end of the connection; empty where nobody may ask us for streams
 */
public record PreviousHop(Optional<RelayIds> relay, Optional<InetAddress> address) {
  /** Of a circuit of our own. */
  public static final PreviousHop NONE = new PreviousHop(Optional.empty(), Optional.empty());

  /** Hides both. */
  @Override
  public String toString() {
    return relay.isPresent() ? "[relay]" : "[client]";
  }
}
