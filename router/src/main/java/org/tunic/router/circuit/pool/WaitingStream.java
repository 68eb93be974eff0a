package org.tunic.router.circuit.pool;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.stream.socks.StreamRequest;

/**
 * A stream that somebody asked for and that is not connected yet.
 *
 * <p>Threads: one at a time, the pool's; {@link #result} may be read by any.
 */
final class WaitingStream<S> {
  /** Where it is. */
  sealed interface State<S> {
    /** It needs a circuit. */
    record Waiting<S>() implements State<S> {}

    /**
     * BEGIN was sent.
     *
     * @param untilNanos when another circuit is tried
     */
    record Sent<S>(PooledCircuit<S> circuit, StreamAttempt<S> attempt, long untilNanos)
        implements State<S> {}
  }

  final long id;
  final StreamRequest request;
  final ExitNeed need;
  final CompletableFuture<S> result;

  /** When it is given up. */
  final long untilNanos;

  State<S> state = new State.Waiting<>();

  /** Exits that ended it with a reason that another exit may not have. */
  int refusals;

  /** BEGIN messages sent for it. */
  int sent;

  /** Circuits launched because of it. */
  int launches;

  /** The reason it fails with if it must be given up now. */
  EndReason lastReason = EndReason.TIMEOUT;

  /** Exits that will not take it: at most one for each refusal. */
  final Set<RsaIdentity> refusedBy = new HashSet<>();

  /** Exits where it failed and that another is preferred to: at most one for each BEGIN. */
  final Set<RsaIdentity> triedAt = new HashSet<>();

  WaitingStream(
      long id, StreamRequest request, ExitNeed need, CompletableFuture<S> result, long untilNanos) {
    this.id = id;
    this.request = request;
    this.need = need;
    this.result = result;
    this.untilNanos = untilNanos;
  }

  boolean mayUse(Relay exit) {
    return !refusedBy.contains(exit.ids().rsa());
  }

  boolean wasTriedAt(Relay exit) {
    return triedAt.contains(exit.ids().rsa());
  }
}
