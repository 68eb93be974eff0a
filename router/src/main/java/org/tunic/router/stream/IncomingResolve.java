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
  private final boolean previousHopAuthenticated;

  IncomingResolve(HopEndpoint hop, int streamId, Resolve resolve, boolean authenticated) {
    this.hop = hop;
    this.streamId = streamId;
    this.resolve = resolve;
    this.previousHopAuthenticated = authenticated;
  }

  public Resolve resolve() {
    return resolve;
  }

  public boolean previousHopAuthenticated() {
    return previousHopAuthenticated;
  }

  public io.netty.channel.EventLoop loop() {
    return hop.loop();
  }

  /** Sends RESOLVED. Callable once. */
  public void answer(Resolved resolved) {
    hop.answerResolve(streamId, resolved);
  }
}
