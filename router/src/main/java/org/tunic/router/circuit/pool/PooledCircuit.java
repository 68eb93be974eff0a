package org.tunic.router.circuit.pool;

import java.util.Optional;
import java.util.OptionalLong;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.Path;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.socks.ClientRequest;
import org.tunic.router.stream.socks.IsolationKey;

/**
 * An open circuit of the pool, and who may use it.
 *
 * <p>Threads: one at a time, the pool's.
 */
final class PooledCircuit<S> {
  /** Streams. The protocol has room for 65535; more than this on one path is no client's habit. */
  static final int MAX_STREAMS = 1024;

  /** What the circuit may be used for. */
  sealed interface Use {
    /**
     * No stream went over it yet: any may.
     *
     * @param untilNanos when it is closed if that stays so
     */
    record Clean(long untilNanos) implements Use {}

    /**
     * Streams of one isolation key went over it, and further ones may.
     *
     * @param sinceNanos when the first one did
     * @param untilNanos when it takes no more
     */
    record Dirty(IsolationKey key, long sinceNanos, long untilNanos) implements Use {}

    /** It takes no further streams and is closed with its last one. */
    record Retired() implements Use {}
  }

  final BuiltCircuit<S> circuit;
  final Path path;

  /** Whether it was built of Stable relays. */
  final boolean stable;

  Use use;

  /** Streams on it, connected or not. */
  int streams;

  PooledCircuit(BuiltCircuit<S> circuit, Path path, boolean stable, long cleanUntilNanos) {
    this.circuit = circuit;
    this.path = path;
    this.stable = stable;
    this.use = new Use.Clean(cleanUntilNanos);
  }

  Relay exit() {
    return path.exit();
  }

  boolean isClean() {
    return use instanceof Use.Clean;
  }

  /** Whether what is needed may leave at its exit. */
  boolean serves(ExitNeed need) {
    return (stable || !need.stable()) && PathSelector.allows(exit(), need);
  }

  /** Whether a stream of this key may share it now. */
  boolean admits(IsolationKey key, long nowNanos) {
    return streams < MAX_STREAMS
        && switch (use) {
          case Use.Clean _ -> true;
          case Use.Dirty dirty -> dirty.key().equals(key) && dirty.untilNanos() - nowNanos > 0;
          case Use.Retired _ -> false;
        };
  }

  /** Such a stream goes on it; the first one starts the clock, one that keeps it alive winds it. */
  void mark(ClientRequest request, long nowNanos, long dirtinessNanos) {
    if (isClean()) {
      use = new Use.Dirty(request.isolation(), nowNanos, nowNanos + dirtinessNanos);
    } else if (request.terms().keepAlive()) {
      renew(nowNanos, dirtinessNanos);
    }
  }

  /** It is in use: further streams may come for as long again, unless it was retired. */
  void renew(long nowNanos, long dirtinessNanos) {
    if (use instanceof Use.Dirty dirty) {
      use = new Use.Dirty(dirty.key(), dirty.sinceNanos(), nowNanos + dirtinessNanos);
    }
  }

  /** When it is to be closed unless a stream is on it; empty means at once. */
  OptionalLong closesAtNanos() {
    return switch (use) {
      case Use.Clean(long until) -> OptionalLong.of(until);
      case Use.Dirty dirty -> OptionalLong.of(dirty.untilNanos());
      case Use.Retired _ -> OptionalLong.empty();
    };
  }

  /**
   * Whether this is the better one of two that both admit a stream: one in use before one that is
   * not, so that few circuits serve one purpose; among those the one used last, which lasts
   * longest.
   */
  boolean isBetterThan(Optional<PooledCircuit<S>> other) {
    if (other.isEmpty()) {
      return true;
    }
    return switch (use) {
      case Use.Dirty mine ->
          !(other.get().use instanceof Use.Dirty theirs)
              || mine.sinceNanos() - theirs.sinceNanos() > 0;
      case Use.Clean mine ->
          other.get().use instanceof Use.Clean theirs
              && mine.untilNanos() - theirs.untilNanos() > 0;
      case Use.Retired _ -> false;
    };
  }
}
