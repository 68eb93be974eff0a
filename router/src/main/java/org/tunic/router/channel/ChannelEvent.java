package org.tunic.router.channel;

import java.util.Optional;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.DestroyReason;

/**
 * What happens to channels, for bootstrap progress, the control port and metrics.
 *
 * <p>Threads: immutable.
 */
public sealed interface ChannelEvent {
  /** Names the connection from its first event to its last. */
  long serial();

  /** A connection to a relay is being made. */
  record Launched(long serial, RelayIds target) implements ChannelEvent {}

  /** TCP is connected; TLS and the negotiation follow. */
  record TcpConnected(long serial) implements ChannelEvent {}

  /**
   * A channel is open.
   *
   * @param peer empty for a client
   * @param clockSkewSeconds how far the peer's clock is ahead; 0 when it does not say
   */
  record Opened(long serial, boolean initiator, Optional<RelayIds> peer, long clockSkewSeconds)
      implements ChannelEvent {}

  /** A connection to a relay that we were making came to nothing. */
  record Failed(long serial, RelayIds target, ConnectException.Reason reason)
      implements ChannelEvent {}

  /** An open channel closed. */
  record Closed(long serial, DestroyReason why) implements ChannelEvent {}
}
