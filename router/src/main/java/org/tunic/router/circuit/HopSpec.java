package org.tunic.router.circuit;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.Relay;

/**
 * A relay as a hop of a circuit to be built.
 *
 * <p>Threads: immutable.
 *
 * @param ids its identities
 * @param onionKey its ntor onion key
 * @param addresses its OR ports, numeric, the first IPv4 first
 * @param protocols the subprotocols it speaks, which decide about the handshake
 */
public record HopSpec(
    RelayIds ids,
    NtorPublicKey onionKey,
    List<InetSocketAddress> addresses,
    ProtocolVersions protocols) {
  public HopSpec {
    addresses = List.copyOf(addresses);
  }

  public static HopSpec of(Relay relay) {
    return new HopSpec(relay.ids(), relay.ntor(), relay.orPorts(), relay.proto());
  }

  /**
   * A relay as somebody else names it, such as a descriptor of an onion service. Of many addresses
   * the first IPv4 and the first IPv6 one are kept, as in C tor: an EXTEND2 has no room for more.
   *
   * @return empty unless there are exactly one RSA identity, at most one Ed25519 identity and an
   *     address, which is what EXTEND2 needs
   */
  public static Optional<HopSpec> of(List<LinkSpecifier> specifiers, NtorPublicKey onionKey) {
    List<RsaIdentity> rsa = new ArrayList<>();
    List<Ed25519Identity> ed = new ArrayList<>();
    List<InetSocketAddress> ipv4 = new ArrayList<>();
    List<InetSocketAddress> ipv6 = new ArrayList<>();
    for (LinkSpecifier specifier : specifiers) {
      switch (specifier) {
        case LinkSpecifier.RsaId(RsaIdentity id) -> rsa.add(id);
        case LinkSpecifier.Ed25519Id(Ed25519Identity id) -> ed.add(id);
        case LinkSpecifier.Ipv4(var address) -> ipv4.add(address.socketAddress());
        case LinkSpecifier.Ipv6(var address) -> ipv6.add(address.socketAddress());
        case LinkSpecifier.Unknown _ -> {}
      }
    }
    List<InetSocketAddress> addresses =
        Stream.of(ipv4, ipv6).flatMap(all -> all.stream().limit(1)).toList();
    if (rsa.size() != 1 || ed.size() > 1 || addresses.isEmpty()) {
      return Optional.empty();
    }
    RelayIds ids = new RelayIds(rsa.getFirst(), ed.isEmpty() ? null : ed.getFirst());
    return Optional.of(new HopSpec(ids, onionKey, addresses, ProtocolVersions.of("")));
  }

  /** Whether it can only be reached within somebody's own network. */
  public boolean isPrivate() {
    return addresses.stream().anyMatch(address -> IpLiteral.isInternal(address.getAddress()));
  }

  /** The link specifiers of an EXTEND2 to it, with their count in front. */
  Bytes linkSpecifiers() {
    ByteWriter list = new ByteWriter();
    LinkSpecifier.encodeList(Relay.linkSpecifiers(ids, addresses), list);
    return list.toBytes();
  }
}
