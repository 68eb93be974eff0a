package org.tunic.router.stream;

import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;

/**
 * A RESOLVE that waits for its answer.
 *
 * <p>Threads: event loop of the circuit.
 */
public final class IncomingResolve {
  private final HopEndpoint hop;
  private final int streamId;
  private final Resolve resolve;
  private final PreviousHop previousHop;

  IncomingResolve(HopEndpoint hop, int streamId, Resolve resolve, PreviousHop previousHop) {
    this.hop = hop;
    this.streamId = streamId;
    this.resolve = resolve;
    this.previousHop = previousHop;
  }

  public Resolve resolve() {
    return resolve;
  }

  /** Where the circuit comes from. */
  public PreviousHop previousHop() {
    return previousHop;
  }

  public io.netty.channel.EventLoop loop() {
    return hop.loop();
  }

  /** Sends RESOLVED. Callable once. */
  public void answer(Resolved resolved) {
    hop.answerResolve(streamId, resolved);
  }
}
