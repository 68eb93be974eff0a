package org.tunic.router.circuit.pool;

import java.util.concurrent.CompletableFuture;
import org.tunic.router.cell.EndReason;

/**
 * A stream asked for on one circuit.
 *
 * <p>Threads: called by the pool's thread, must not block; futures may complete on any thread.
 *
 * @param <S> the kind of stream
 */
public interface StreamAttempt<S> {
  /**
   * The stream once CONNECTED came; fails with {@link org.tunic.router.stream.StreamEndedException}
   * for an END, with {@link org.tunic.router.circuit.CircuitFailedException} if the circuit is
   * gone.
   */
  CompletableFuture<S> connected();

  /** Completes when the stream is over, connected or not. */
  CompletableFuture<?> closed();

  /** Ends the stream with END. */
  void abandon(EndReason reason);
}
