package org.tunic.router.circuit;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.view.Relay;

/**
 * A relay as a hop of a circuit to be built.
 *
 * <p>Threads: immutable.
 *
 * @param ids its identities
 * @param onionKey its ntor onion key
 * @param addresses its OR ports, numeric, the first IPv4 first
 */
public record HopSpec(RelayIds ids, NtorPublicKey onionKey, List<InetSocketAddress> addresses) {
  public HopSpec {
    addresses = List.copyOf(addresses);
  }

  public static HopSpec of(Relay relay) {
    return new HopSpec(
        relay.ids(),
        relay
            .ntor()
            .orElseThrow(() -> new IllegalArgumentException("a relay without an onion key")),
        relay.orPorts());
  }

  /** The link specifiers of an EXTEND2 to it: address, RSA identity, Ed25519 identity, in C tor's order. */
  List<LinkSpecifier> linkSpecifiers() {
    List<LinkSpecifier> specifiers = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      if (address.getAddress() instanceof java.net.Inet4Address && specifiers.isEmpty()) {
        specifiers.add(new LinkSpecifier.Ipv4(address));
      }
    }
    specifiers.add(new LinkSpecifier.RsaId(ids.rsa()));
    if (ids.ed25519() != null) {
      specifiers.add(new LinkSpecifier.Ed25519Id(ids.ed25519()));
    }
    for (InetSocketAddress address : addresses) {
      if (address.getAddress() instanceof java.net.Inet6Address) {
        specifiers.add(new LinkSpecifier.Ipv6(address));
        break;
      }
    }
    return specifiers;
  }
}
