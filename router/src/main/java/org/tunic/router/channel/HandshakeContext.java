package org.tunic.router.channel;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.cell.Certs;
import org.tunic.router.cell.NetInfo;

/**
 * What a side brings into a negotiation.
 *
 * <p>Threads: event loop of the socket.
 *
 * @param credentials our keys and certificates, or null for a client
 * @param ownAddresses where we can be reached, for NETINFO; ignored for a client
 * @param remote the address of the peer's end
 * @param tls the TLS connection
 * @param clock wall clock
 * @param random for the challenge and the nonce of AUTHENTICATE
 */
record HandshakeContext(
    @Nullable RelayCredentials credentials,
    List<InetAddress> ownAddresses,
    InetAddress remote,
    TlsBinding tls,
    InstantSource clock,
    SecureRandom random) {

  /** NETINFO of this side; a client tells neither time nor addresses. */
  NetInfo netInfo() {
    NetInfo.Address other = NetInfo.Address.of(remote);
    if (credentials == null) {
      return new NetInfo(0, other, List.of());
    }
    List<NetInfo.Address> mine =
        ownAddresses.stream().limit(NetInfo.MAX_ADDRESSES).map(NetInfo.Address::of).toList();
    return new NetInfo(clock.instant().getEpochSecond() & 0xffff_ffffL, other, mine);
  }

  /** Whether the peer calls the address that we see its own. */
  boolean canonical(NetInfo theirs) {
    return theirs.mine().stream()
        .anyMatch(address -> address.inet().filter(remote::equals).isPresent());
  }

  /** How far the peer's clock is ahead, in seconds; 0 if it does not say. */
  long skewSeconds(NetInfo theirs) {
    if (theirs.time() == 0) {
      return 0;
    }
    return Duration.between(clock.instant(), Instant.ofEpochSecond(theirs.time())).toSeconds();
  }

  /** A CERTS cell of our certificates. */
  static Certs certs(Map<Integer, Bytes> bodies) {
    return new Certs(
        bodies.entrySet().stream().map(e -> new Certs.Entry(e.getKey(), e.getValue())).toList());
  }

  /** The known certificates of a CERTS cell by type. */
  static Map<Integer, Bytes> bodies(Certs certs) {
    return certs.entries().stream()
        .filter(e -> e.type() >= Certs.RSA_LINK && e.type() <= Certs.RSA_ED_CROSS)
        .collect(Collectors.toMap(Certs.Entry::type, Certs.Entry::body));
  }
}
