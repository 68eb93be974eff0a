package org.tunic.router.circuit.pool;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.stream.socks.ClientRequest;

/**
 * A stream that somebody asked for and that is not connected yet, or a look-up not answered yet.
 *
 * <p>Threads: one at a time, the pool's; {@link #result} may be read by any.
 *
 * @param <S> the kind of stream that circuits carry
 * @param <T> what comes of it: a stream, or the answer to a look-up
 */
final class WaitingStream<S, T> {
  /** Where it is. */
  sealed interface State<S, T> {
    /** It needs a circuit. */
    record Waiting<S, T>() implements State<S, T> {}

    /**
     * BEGIN or RESOLVE was sent.
     *
     * @param untilNanos when another circuit is tried
     */
    record Sent<S, T>(PooledCircuit<S> circuit, StreamAttempt<T> attempt, long untilNanos)
        implements State<S, T> {}
  }

  final long id;
  final ClientRequest request;
  final ExitNeed need;

  /** The exit it must leave at, if it was given one. */
  final @Nullable RsaIdentity chosenExit;

  /** The exit that streams to its host took before; dropped if it does not do. */
  @Nullable RsaIdentity trackedExit;

  /** Sends it over a circuit. */
  final Function<PooledCircuit<S>, StreamAttempt<T>> start;

  final CompletableFuture<T> result;

  /** When it is given up. */
  final long untilNanos;

  State<S, T> state = new State.Waiting<>();

  /** Exits that ended it with a reason that another exit may not have. */
  int refusals;

  /** BEGIN or RESOLVE messages sent for it. */
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
      long id,
      ClientRequest request,
      ExitNeed need,
      @Nullable RsaIdentity chosenExit,
      Function<PooledCircuit<S>, StreamAttempt<T>> start,
      CompletableFuture<T> result,
      long untilNanos) {
    this.id = id;
    this.request = request;
    this.need = need;
    this.chosenExit = chosenExit;
    this.start = start;
    this.result = result;
    this.untilNanos = untilNanos;
  }

  boolean mayUse(Relay exit) {
    RsaIdentity identity = exit.ids().rsa();
    return !refusedBy.contains(identity)
        && (chosenExit == null || chosenExit.equals(identity))
        && (trackedExit == null || trackedExit.equals(identity));
  }

  boolean wasTriedAt(Relay exit) {
    return triedAt.contains(exit.ids().rsa());
  }
}
