package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.tunic.router.path.Path;

/**
 * Builds a circuit along a path; how the pool reaches the network.
 *
 * <p>Threads: called by the pool's thread, must not block; futures may complete on any thread.
 *
 * @param <S> the kind of stream a circuit carries
 */
@FunctionalInterface
public interface CircuitBuilder<S> {
  /**
   * Starts building.
   *
   * @param timeout for the whole of it; the builder keeps it
   * @return the open circuit; fails with {@link org.tunic.router.circuit.CircuitFailedException},
   *     which says at which hop
   */
  CompletableFuture<BuiltCircuit<S>> build(Path path, Duration timeout);
}
