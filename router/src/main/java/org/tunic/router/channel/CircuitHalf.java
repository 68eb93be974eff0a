package org.tunic.router.channel;

import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.DestroyReason;

/**
 * What a channel knows of a circuit: the receiver of the cells with one circuit id.
 *
 * <p>After {@link Channel#detach}, after a DESTROY came or went, and after {@link #onChannelClosed}
 * nothing more is called.
 *
 * <p>Threads: event loop of the channel.
 */
public interface CircuitHalf {
  /**
   * A RELAY or RELAY_EARLY cell.
   *
   * @param command 3 for RELAY, 9 for RELAY_EARLY
   * @param cell a scratch array of the loop with 509 bytes of body at {@code bodyOffset}; valid,
   *     and free to be overwritten, during the call only
   */
  void onRelayCell(int command, byte[] cell, int bodyOffset);

  /** CREATED2, CREATED_FAST, or DESTROY, after which the id is no longer attached. */
  void onMessage(ChannelMessage message);

  /**
   * The end of a read of the socket in which {@link #onRelayCell} was called: flush queues here.
   */
  void onBatchEnd();

  /** Bytes that came on this id for streams that end here, and that nobody has read. */
  default long heldBytes() {
    return 0;
  }

  /** Monotonic time since when the reader of one of those streams has taken nothing. */
  default long heldSinceNanos() {
    return 0;
  }

  /**
   * The channel is gone, and with it this id; called at most once and last.
   *
   * @param why RESOURCELIMIT: nothing is kept for anybody
   */
  void onChannelClosed(DestroyReason why);
}
