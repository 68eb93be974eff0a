package org.tunic.router.circuit.pool;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardUse;

/**
 * Lends guards to circuits that are not the pool's, such as those of onion services, under the same
 * rules: whoever borrows one says how it went, and may have to wait whether a better one works.
 *
 * <p>Spec: guard-spec/algorithm. Threads: {@link #lend} and the methods of {@link LentGuard} any;
 * the rest the pool's.
 */
public final class GuardLender {
  private final GuardSet guards;
  private final Mailbox mailbox;
  private final InstantSource clock;

  /** Circuits that are built and wait for a better guard: no more than were lent. */
  private final Map<GuardUse, CompletableFuture<Boolean>> waiting = new HashMap<>();

  private boolean closed;

  GuardLender(GuardSet guards, Mailbox mailbox, InstantSource clock) {
    this.guards = guards;
    this.mailbox = mailbox;
    this.clock = clock;
  }

  /**
   * Lends the guard that comes first now.
   *
   * @param allowed what the rest of the path allows
   * @return empty if there is none
   */
  public CompletableFuture<Optional<LentGuard>> lend(Predicate<Relay> allowed) {
    CompletableFuture<Optional<LentGuard>> result = new CompletableFuture<>();
    mailbox.post(
        () ->
            result.complete(
                closed
                    ? Optional.empty()
                    : guards.pick(allowed, clock.instant()).map(LentGuard::new)));
    return result;
  }

  /** A guard that a circuit goes through. Each one is in the end {@link #closed}. */
  public final class LentGuard {
    private final GuardUse use;

    private LentGuard(GuardUse use) {
      this.use = use;
    }

    /** The guard. */
    public Relay relay() {
      return use.relay();
    }

    /**
     * The circuit is built.
     *
     * @return whether it may carry traffic, once that is known; if not, close it
     */
    public CompletableFuture<Boolean> succeeded() {
      CompletableFuture<Boolean> result = new CompletableFuture<>();
      mailbox.post(() -> built(use, result));
      return result;
    }

    /** The circuit could not be built. */
    public void failed(CircuitFailedException why) {
      mailbox.post(
          () -> {
            if (why.hop() == 1 && isGuardsFault(why.reason())) {
              guards.failed(use, clock.instant());
            } else {
              guards.closed(use);
            }
          });
    }

    /** The circuit is closed, or was never begun. */
    public void closed() {
      mailbox.post(
          () -> {
            guards.closed(use);
            settle(use, false);
          });
    }
  }

  private void built(GuardUse use, CompletableFuture<Boolean> result) {
    switch (guards.succeeded(use, clock.instant())) {
      case NOW -> result.complete(true);
      case NEVER -> result.complete(false);
      case LATER -> {
        if (closed) {
          result.complete(false);
        } else {
          waiting.put(use, result);
        }
      }
    }
  }

  /** What the guard set has decided about circuits that wait, the pool's among them. */
  void settle(List<GuardUse> upgraded, List<GuardUse> expired) {
    upgraded.forEach(use -> settle(use, true));
    expired.forEach(use -> settle(use, false));
  }

  private void settle(GuardUse use, boolean usable) {
    CompletableFuture<Boolean> result = waiting.remove(use);
    if (result != null) {
      result.complete(usable);
    }
  }

  /** Nothing is lent any more. */
  void close() {
    closed = true;
    List.copyOf(waiting.keySet()).forEach(use -> settle(use, false));
  }

  /** A DESTROY is an answer: a guard that is there and busy keeps its place, as in C tor. */
  static boolean isGuardsFault(DestroyReason reason) {
    return reason.equals(DestroyReason.CONNECTFAILED)
        || reason.equals(DestroyReason.OR_IDENTITY)
        || reason.equals(DestroyReason.CHANNEL_CLOSED)
        || reason.equals(DestroyReason.TIMEOUT);
  }
}
