package org.tunic.daemon.config;

import java.net.InetSocketAddress;
import java.util.Set;

/**
 * A SocksPort or an HTTPTunnelPort: where applications connect, and which of their streams may
 * share a circuit.
 *
 * <p>Threads: immutable.
 *
 * @param line where it was written; {@link Origin#DEFAULT} for the built-in one
 * @param address address to listen on; port 0 for one the system chooses
 * @param isolation what keeps streams apart
 * @param sessionGroup streams of ports with the same group of 0 or more may share circuits; -1: of
 *     no other port
 * @param ipv4Traffic whether IPv4 targets are allowed
 * @param ipv6Traffic whether IPv6 targets are allowed
 * @param preferIpv6 whether exits should prefer IPv6 for host names
 * @param preferIpv6Automap whether virtual addresses given for names are IPv6
 * @param dnsRequest whether host names may be resolved by the exit
 * @param onionTraffic whether onion addresses are allowed
 * @param preferNoAuth whether “no authentication” is taken when user and password are offered too
 * @param isolationKeepsCircuits whether circuits isolated by user name are kept while in use
 * @param extendedErrors whether SOCKS5 answers carry the extended error codes
 */
public record ClientPort(
    ConfigLine line,
    InetSocketAddress address,
    Set<Isolation> isolation,
    int sessionGroup,
    boolean ipv4Traffic,
    boolean ipv6Traffic,
    boolean preferIpv6,
    boolean preferIpv6Automap,
    boolean dnsRequest,
    boolean onionTraffic,
    boolean preferNoAuth,
    boolean isolationKeepsCircuits,
    boolean extendedErrors) {

  /** What keeps two streams on different circuits. */
  public enum Isolation {
    CLIENT_ADDR,
    SOCKS_AUTH,
    CLIENT_PROTOCOL,
    DEST_PORT,
    DEST_ADDR
  }

  /** Copies the set. */
  public ClientPort {
    isolation = Set.copyOf(isolation);
  }
}
