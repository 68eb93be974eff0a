package org.tunic.router.channel;

import org.tunic.router.cell.ChannelMessage;

/**
 * Takes the requests for new circuits.
 *
 * <p>Threads: event loop of the channel.
 */
@FunctionalInterface
public interface CircuitAcceptor {
  /**
   * CREATE2 or CREATE_FAST for an id that is free and belongs to the peer's half of the ids. The
   * acceptor attaches a half or sends DESTROY; the handshake may be computed elsewhere, cells that
   * come before {@link Channel#attach} are dropped, so attach first.
   */
  void accept(Channel channel, int circuitId, ChannelMessage create);
}
