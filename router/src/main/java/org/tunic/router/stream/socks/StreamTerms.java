package org.tunic.router.stream.socks;

import java.util.Optional;

/**
 * What the port an application came by, and the address map, ask of the exit and the circuit.
 *
 * @param ipv4 the exit may connect to an IPv4 address
 * @param ipv6 the exit may connect to an IPv6 address
 * @param preferIpv6 of both it shall take IPv6 (PreferIPv6)
 * @param keepAlive the circuit stays open to streams like this for as long as they come
 *     (KeepAliveIsolateSOCKSAuth)
 * @param exit the relay to leave at: nickname, or fingerprint with or without {@code $}; only the
 *     address map says so, never an application
 *     <p>Threads: immutable.
 */
public record StreamTerms(
    boolean ipv4, boolean ipv6, boolean preferIpv6, boolean keepAlive, Optional<String> exit) {
  /** Either family, any exit. */
  public static final StreamTerms ANY = new StreamTerms(true, true, false, false, Optional.empty());
}
