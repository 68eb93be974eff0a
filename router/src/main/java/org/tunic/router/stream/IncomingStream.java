package org.tunic.router.stream;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.End;
import org.tunic.router.cell.EndReason;

/**
 * A stream that the peer asked for and that waits for an answer. DATA that came early is kept, as
 * much as flow control lets wait, and delivered once the stream is accepted.
 *
 * <p>Threads: event loop of the circuit.
 */
public final class IncomingStream {
  private final DataStream stream;
  private final @Nullable Begin begin;
  private final PreviousHop previousHop;

  IncomingStream(DataStream stream, @Nullable Begin begin, PreviousHop previousHop) {
    this.stream = stream;
    this.begin = begin;
    this.previousHop = previousHop;
  }

  /** The message that asked; null for BEGIN_DIR. */
  public @Nullable Begin begin() {
    return begin;
  }

  /** Where the circuit comes from: from no relay means a client's one-hop circuit. */
  public PreviousHop previousHop() {
    return previousHop;
  }

  /** The loop to register sockets of this stream with. */
  public io.netty.channel.EventLoop loop() {
    return stream.eventLoop();
  }

  /** True once the peer or the circuit gave the stream up before it was answered. */
  public boolean abandoned() {
    return !stream.isOpen();
  }

  /**
   * Sends CONNECTED and hands the stream over with reading off: set the pipeline up, then {@code
   * config().setAutoRead(true)}.
   *
   * @param connected what to tell the peer; {@link Connected#WITHOUT_ADDRESS} for a directory
   *     stream
   */
  public DataStream accept(Connected connected) {
    stream.accept(connected);
    return stream;
  }

  /** Sends END EXITPOLICY with the address that the policy refused, and forgets the stream. */
  public void refuse(InetAddress address, long ttlSeconds) {
    stream.end(new End(EndReason.EXITPOLICY, address, ttlSeconds));
  }

  /** Sends END with the reason, and forgets the stream. */
  public void refuse(EndReason reason) {
    stream.end(reason);
  }
}
