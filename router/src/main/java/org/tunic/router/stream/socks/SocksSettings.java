package org.tunic.router.stream.socks;

import java.time.Duration;

/**
 * How one SOCKS port behaves; the defaults are C tor's.
 *
 * @param sessionGroup streams of different groups never share a circuit; a number of its own for
 *     every port unless SessionGroup= says otherwise
 * @param isolation what else keeps streams apart
 * @param preferNoAuth answer "no authentication" to who offers both (PreferSOCKSNoAuth)
 * @param safeSocks refuse addresses, which an application may have looked up outside (SafeSocks)
 * @param rejectInternal refuse internal addresses (ClientRejectInternalAddresses)
 * @param negotiationTimeout for the application to say what it wants
 * @param requestTimeout for the stream to be there (SocksTimeout)
 *     <p>Threads: immutable.
 */
public record SocksSettings(
    int sessionGroup,
    Isolation isolation,
    boolean preferNoAuth,
    boolean safeSocks,
    boolean rejectInternal,
    Duration negotiationTimeout,
    Duration requestTimeout) {

  /** The Isolate… flags of a port. */
  public record Isolation(
      boolean clientAddress,
      boolean socksAuth,
      boolean clientProtocol,
      boolean destinationPort,
      boolean destination) {
    /** By application address, credentials and protocol. */
    public static final Isolation DEFAULT = new Isolation(true, true, true, false, false);
  }

  private static final Duration NEGOTIATION = Duration.ofMinutes(1);
  private static final Duration REQUEST = Duration.ofMinutes(2);

  /** The defaults. */
  public static SocksSettings of(int sessionGroup, boolean rejectInternal) {
    return new SocksSettings(
        sessionGroup, Isolation.DEFAULT, false, false, rejectInternal, NEGOTIATION, REQUEST);
  }
}
