package org.tunic.router.circuit;

import java.net.InetSocketAddress;
import java.util.List;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
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

  /** The link specifiers of an EXTEND2 to it, with their count in front. */
  Bytes linkSpecifiers() {
    ByteWriter list = new ByteWriter();
    LinkSpecifier.encodeList(Relay.linkSpecifiers(ids, addresses), list);
    return list.toBytes();
  }
}
