package org.tunic.router.circuit.pool;

import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.Path;
import org.tunic.router.stream.socks.ClientRequest;

/**
 * What happens in a pool, in the order it happens. Streams are named by serial numbers of the pool,
 * circuits by their own ids.
 *
 * <p>Threads: immutable.
 */
public sealed interface PoolEvent {
  /** A circuit is ready for streams. */
  record CircuitReady(long circuit, Path path) implements PoolEvent {}

  /**
   * A circuit could not be built.
   *
   * @param hop the hop that could not be added, the first is 1
   */
  record CircuitNotBuilt(Path path, int hop, DestroyReason reason) implements PoolEvent {}

  /** A ready circuit is gone. */
  record CircuitGone(long circuit, DestroyReason reason) implements PoolEvent {}

  /** A stream or a look-up was asked for; the further events are the same for both. */
  record StreamNew(long stream, ClientRequest request) implements PoolEvent {}

  /** BEGIN or RESOLVE was sent for it. */
  record StreamSent(long stream, long circuit) implements PoolEvent {}

  /** It did not work out on that circuit and waits for another. */
  record StreamDetached(long stream, long circuit, EndReason reason) implements PoolEvent {}

  /** It is connected. */
  record StreamSucceeded(long stream, long circuit) implements PoolEvent {}

  /** It was given up. */
  record StreamFailed(long stream, EndReason reason) implements PoolEvent {}

  /** A connected stream is over. */
  record StreamClosed(long stream, long circuit) implements PoolEvent {}
}
