package org.tunic.router.stream.socks;

import java.time.Duration;

/**
 * How one port of applications behaves; the defaults are C tor's.
 *
 * @param protocol what applications speak there
 * @param sessionGroup streams of different groups never share a circuit; a number of its own for
 *     every port unless SessionGroup= says otherwise
 * @param isolation what else keeps streams apart
 * @param keepAlive circuits of streams with credentials last while they are used
 *     (KeepAliveIsolateSOCKSAuth)
 * @param preferNoAuth answer "no authentication" to who offers both (PreferSOCKSNoAuth)
 * @param extendedErrors tell the errors of onion services apart (ExtendedErrors)
 * @param traffic what may be asked for
 * @param negotiationTimeout for the application to say what it wants
 * @param requestTimeout for the stream to be there (SocksTimeout)
 *     <p>Threads: immutable.
 */
public record EntrySettings(
    Protocol protocol,
    int sessionGroup,
    Isolation isolation,
    boolean keepAlive,
    boolean preferNoAuth,
    boolean extendedErrors,
    Traffic traffic,
    Duration negotiationTimeout,
    Duration requestTimeout) {

  /** What applications speak. */
  public sealed interface Protocol {
    /** SOCKS 4, 4a and 5. */
    record Socks() implements Protocol {}

    /**
     * HTTP CONNECT.
     *
     * @param software name and version that answers carry in their Via and Server headers
     */
    record HttpTunnel(String software) implements Protocol {}
  }

  /** The Isolate… flags of a port. */
  public record Isolation(
      boolean clientAddress,
      boolean socksAuth,
      boolean clientProtocol,
      boolean destinationPort,
      boolean destination) {
    /** By application address and credentials. */
    public static final Isolation DEFAULT = new Isolation(true, true, false, false, false);
  }

  /**
   * What may be asked for.
   *
   * @param ipv4 streams to IPv4 addresses
   * @param ipv6 streams to IPv6 addresses
   * @param preferIpv6 of both, IPv6 (PreferIPv6)
   * @param preferIpv6Automap virtual addresses are IPv6 (PreferIPv6Automap)
   * @param names host names that an exit must look up (DNSRequest)
   * @param onions onion addresses
   */
  public record Traffic(
      boolean ipv4,
      boolean ipv6,
      boolean preferIpv6,
      boolean preferIpv6Automap,
      boolean names,
      boolean onions) {
    /** Everything. */
    public static final Traffic DEFAULT = new Traffic(true, true, false, true, true, true);

    /** Whether nothing but onion addresses may be asked for. */
    boolean onlyOnions() {
      return !ipv4 && !ipv6 && !names;
    }
  }

  private static final Duration NEGOTIATION = Duration.ofMinutes(1);
  private static final Duration REQUEST = Duration.ofMinutes(2);

  /** A SOCKS port with the defaults. */
  public static EntrySettings of(int sessionGroup) {
    return of(new Protocol.Socks(), sessionGroup);
  }

  /** The defaults. */
  public static EntrySettings of(Protocol protocol, int sessionGroup) {
    return new EntrySettings(
        protocol,
        sessionGroup,
        Isolation.DEFAULT,
        false,
        false,
        false,
        Traffic.DEFAULT,
        NEGOTIATION,
        REQUEST);
  }
}
