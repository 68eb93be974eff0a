package org.tunic.router.channel;

import java.net.InetSocketAddress;
import java.util.List;
import org.tunic.crypto.identity.RelayIds;

/**
 * A relay to connect to: who it has to prove to be, and where.
 *
 * <p>Threads: immutable.
 *
 * @param ids the expected identities; without an Ed25519 identity only the RSA one is checked
 * @param addresses numeric OR addresses, tried in order
 */
public record ExtendTarget(RelayIds ids, List<InetSocketAddress> addresses) {
  /** Copies the list. */
  public ExtendTarget {
    addresses = List.copyOf(addresses);
  }

  /** The identity only: an address may be a bridge's. */
  @Override
  public String toString() {
    return ids.toString();
  }
}
