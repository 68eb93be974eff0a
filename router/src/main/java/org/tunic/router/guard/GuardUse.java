package org.tunic.router.guard;

import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;

/**
 * A guard given out for one circuit or one directory request; to be answered with how that went.
 *
 * <p>Spec: guard-spec/algorithm (circuit states). Threads: one at a time, the guard set's owner.
 */
public final class GuardUse {
  /** Whether the circuit may carry traffic, as far as guards are concerned. */
  sealed interface State {
    /** It may as soon as it is built. */
    record UsableOnCompletion() implements State {}

    /** Once built, it has to wait whether a better guard works. */
    record UsableIfNoBetterGuard(Instant since) implements State {}

    /** It is built and waits. */
    record WaitingForBetterGuard(Instant since) implements State {}

    /** It may. */
    record Complete() implements State {}

    /** It is over, or never may. */
    record Dead() implements State {}
  }

  /** What to do with a circuit that was built. */
  public enum Usable {
    /** Use it. */
    NOW,
    /** Keep it until {@link GuardSet#upgrade} or {@link GuardSet#expire} names it. */
    LATER,
    /** Close it: its guard left the sample meanwhile. */
    NEVER
  }

  private final Relay relay;

  /** Null if guards are not used. */
  final @Nullable Guard guard;

  /**
   * What the rest of the path allows; other guards keep this circuit waiting within that only. Let
   * go when the circuit is complete, because it knows a whole network view.
   */
  Predicate<Relay> allowed;

  State state;

  GuardUse(Relay relay, @Nullable Guard guard, Predicate<Relay> allowed, State state) {
    this.relay = relay;
    this.guard = guard;
    this.allowed = allowed;
    this.state = state;
  }

  /** The circuit may carry traffic from now on. */
  void complete() {
    state = new State.Complete();
    allowed = _ -> true;
  }

  /** The guard. */
  public Relay relay() {
    return relay;
  }

  RsaIdentity identity() {
    return relay.ids().rsa();
  }

  /** Does not say which guard. */
  @Override
  public String toString() {
    return "GuardUse[" + state.getClass().getSimpleName() + "]";
  }
}
