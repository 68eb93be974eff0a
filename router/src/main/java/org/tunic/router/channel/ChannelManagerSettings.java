package org.tunic.router.channel;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.link.OutboundAddresses;
import org.tunic.router.link.TlsContext;

/**
 * What a node's {@link ChannelManager} is made with.
 *
 * <p>Threads: immutable.
 *
 * @param channels settings of each channel
 * @param tls which TLS library
 * @param credentials the keys and certificates of the day, asked for at every connection; empty for
 *     a client, which then neither accepts connections nor authenticates
 * @param ownAddresses where a relay can be reached, for NETINFO
 * @param tcpTimeout for one TCP connection attempt
 * @param handshakeTimeout for TLS, and again for the negotiation
 * @param idleTimeout after so long, or up to a half longer, a channel with a client that has no
 *     circuit is closed; between relays the consensus says when
 * @param maxAccepted accepted connections open at a time
 * @param outbound which of our addresses connections come from
 * @param events told of every {@link ChannelEvent}; called on event loops, must not block
 */
public record ChannelManagerSettings(
    ChannelSettings channels,
    TlsContext.Engine tls,
    Supplier<Optional<RelayCredentials>> credentials,
    Supplier<List<InetAddress>> ownAddresses,
    Duration tcpTimeout,
    Duration handshakeTimeout,
    Duration idleTimeout,
    int maxAccepted,
    Supplier<OutboundAddresses> outbound,
    Consumer<ChannelEvent> events) {
  /** How long to wait for TCP by default. */
  public static final Duration DEFAULT_TCP_TIMEOUT = Duration.ofSeconds(15);

  /** How long to wait for TLS by default, and for the negotiation. */
  public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);

  /** How long a channel without circuits stays by default. */
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(3);

  /** Accepted connections by default; an operator's file limit may ask for fewer. */
  public static final int DEFAULT_MAX_ACCEPTED = 15_000;

  /** Default times and bounds, events ignored. */
  public static ChannelManagerSettings of(
      ChannelSettings channels,
      TlsContext.Engine tls,
      Supplier<Optional<RelayCredentials>> credentials,
      Supplier<List<InetAddress>> ownAddresses) {
    return new ChannelManagerSettings(
        channels,
        tls,
        credentials,
        ownAddresses,
        DEFAULT_TCP_TIMEOUT,
        DEFAULT_HANDSHAKE_TIMEOUT,
        DEFAULT_IDLE_TIMEOUT,
        DEFAULT_MAX_ACCEPTED,
        () -> OutboundAddresses.ANY,
        event -> {});
  }

  /** The same with another bound of accepted connections. */
  public ChannelManagerSettings withMaxAccepted(int most) {
    return new ChannelManagerSettings(
        channels,
        tls,
        credentials,
        ownAddresses,
        tcpTimeout,
        handshakeTimeout,
        idleTimeout,
        most,
        outbound,
        events);
  }

  /** The same with another receiver of events. */
  public ChannelManagerSettings withEvents(Consumer<ChannelEvent> receiver) {
    return new ChannelManagerSettings(
        channels,
        tls,
        credentials,
        ownAddresses,
        tcpTimeout,
        handshakeTimeout,
        idleTimeout,
        maxAccepted,
        outbound,
        receiver);
  }

  /** The same with other addresses to connect from. */
  public ChannelManagerSettings withOutbound(Supplier<OutboundAddresses> from) {
    return new ChannelManagerSettings(
        channels,
        tls,
        credentials,
        ownAddresses,
        tcpTimeout,
        handshakeTimeout,
        idleTimeout,
        maxAccepted,
        from,
        events);
  }
}
