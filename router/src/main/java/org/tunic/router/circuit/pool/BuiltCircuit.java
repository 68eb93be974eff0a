package org.tunic.router.circuit.pool;

import java.util.concurrent.CompletableFuture;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;

/**
 * An open circuit as the pool needs it.
 *
 * <p>Threads: called by the pool's thread, must not block; futures may complete on any thread.
 *
 * @param <S> the kind of stream it carries
 */
public interface BuiltCircuit<S> {
  /** Its number, unique in this process. */
  long id();

  /** Completes when the circuit is closed, by whomever. */
  CompletableFuture<DestroyReason> closed();

  /** Sends BEGIN to the last hop. */
  StreamAttempt<S> begin(Begin begin);

  /** Sends RESOLVE to the last hop; the attempt is connected when RESOLVED came. */
  StreamAttempt<Resolved> resolve(Resolve question);

  /** Closes the circuit and its streams. */
  void close();
}
