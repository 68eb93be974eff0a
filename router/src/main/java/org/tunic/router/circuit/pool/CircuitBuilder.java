package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.tunic.router.path.Path;

/**
 * Builds a circuit along a path; how the pool reaches the network.
 *
 * <p>Threads: called by the pool's thread, must not block; futures may complete on any thread.
 *
 * @param <S> the kind of stream a circuit carries
 */
public interface CircuitBuilder<S> {
  /**
   * Starts building.
   *
   * @param timeout for connecting, and again from CREATE on; the builder keeps it
   * @param hops told 0 when CREATE is sent, then how many hops there are; may be called by any
   *     thread
   * @return the open circuit; fails with {@link org.tunic.router.circuit.CircuitFailedException},
   *     which says at which hop
   */
  CompletableFuture<BuiltCircuit<S>> build(Path path, Duration timeout, IntConsumer hops);

  /** Cells that came over any channel so far: whether the network is there at all. */
  long heard();
}
