package org.tunic.router.stream;

import io.netty.channel.EventLoop;

/**
 * How the relay messages of one hop leave: backward from a relay, or forward from an origin to one
 * of its hops. The circuit fills in the crypto; the stream room only knows messages.
 *
 * <p>Threads: event loop of the circuit.
 */
public interface HopSender {
  /** The loop every stream of this hop is registered with. */
  EventLoop loop();

  /**
   * The plain relay cell under construction, 509 bytes at offset 0. The caller writes the message
   * body at {@link org.tunic.router.cell.RelayHeader#DATA} and calls {@link #send}; anything else
   * sent through this circuit overwrites it.
   */
  byte[] body();

  /**
   * Completes the header of {@link #body()}, pads, seals and queues it. Nothing happens once the
   * circuit is closed.
   *
   * @param relayCommand a relay command, 0–255
   * @param streamId 0–65535; 0 for messages of the circuit itself
   * @param length bytes of message body in place, 0–498
   */
  void send(int relayCommand, int streamId, int length);

  /** True while the circuit's own cell queue is above its high-water mark: hold DATA back. */
  boolean congested();

  /** Monotonic nanoseconds, for round trips and rates. */
  long nanoTime();

  /** Makes the cells sent since the last call visible to the channel. */
  void flush();

  /**
   * Writes the 20-byte tag of the cell sent last: what an authenticated SENDME for it must carry.
   */
  void copySentTag(byte[] into, int offset);

  /** Writes the 20-byte tag of the cell received last. */
  void copyReceivedTag(byte[] into, int offset);
}
