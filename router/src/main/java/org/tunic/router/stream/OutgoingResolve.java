package org.tunic.router.stream;

import java.util.concurrent.CompletableFuture;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;

/**
 * A RESOLVE that we sent and whose answer is to come. It takes a stream id of the hop and counts
 * against {@link HopEndpoint#MAX_STREAMS} until then.
 *
 * <p>Spec: tor-spec/remote-hostname-lookup
 *
 * <p>Threads: made on the event loop of the circuit; its methods may be called by any.
 */
public final class OutgoingResolve {
  private final HopEndpoint hop;
  private final int streamId;
  private final CompletableFuture<Resolved> answer = new CompletableFuture<>();

  OutgoingResolve(HopEndpoint hop, int streamId) {
    this.hop = hop;
    this.streamId = streamId;
  }

  /**
   * What RESOLVED says, an error too; fails with {@link StreamEndedException} if END came instead,
   * with TORPROTOCOL if RESOLVED made no sense, with DESTROY if the circuit is gone. Completes on
   * the loop of the circuit.
   */
  public CompletableFuture<Resolved> answer() {
    return answer;
  }

  /** Sends END: the answer is not wanted any more. */
  public void abandon(EndReason reason) {
    if (hop.loop().inEventLoop()) {
      hop.abandonResolve(this, reason);
    } else {
      hop.loop().execute(() -> hop.abandonResolve(this, reason));
    }
  }

  int streamId() {
    return streamId;
  }

  void answered(Resolved resolved) {
    answer.complete(resolved);
  }

  void ended(EndReason reason) {
    answer.completeExceptionally(new StreamEndedException(reason));
  }
}
