package org.tunic.router.link;

import io.netty.buffer.ByteBuf;
import org.tunic.router.cell.ChannelViolation;

/**
 * What takes the cells of one socket: a negotiation first, then a channel.
 *
 * <p>Threads: event loop of the socket.
 */
public interface CellSink {
  /**
   * A whole cell. The buffer is lent for the time of the call and its indices are not to be moved.
   *
   * @param circuitId as it stands in the cell, any value
   * @param command 0 to 255, known or not
   * @param cells holds the cell at {@code cellIndex}: {@code headerLength} bytes of circuit id,
   *     command and perhaps length, then {@code bodyLength} bytes
   */
  void onCell(
      int circuitId, int command, ByteBuf cells, int cellIndex, int headerLength, int bodyLength);

  /** The end of one read of the socket. */
  void onReadComplete();

  /** The socket takes bytes again, or takes no more. */
  void onWritabilityChanged();

  /** The stream of bytes is not cells; nothing more will come. Close the socket. */
  void onViolation(ChannelViolation violation);

  /** The socket is closed, or broken and about to be; called once. */
  void onClosed();
}
