package org.tunic.router.guard;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.guard.Reachability.Failing;
import org.tunic.router.guard.Reachability.Reachable;
import org.tunic.router.guard.Reachability.Retrying;
import org.tunic.router.guard.Reachability.Untried;

/**
 * A guard of a sample: what is kept of it on disk, and what this process found out.
 *
 * <p>Spec: guard-spec/algorithm. Threads: one at a time, the guard set's owner.
 */
final class Guard {
  SampledGuard saved;
  Reachability reach = new Untried();

  /** Whether the configuration and the last view let us use it. */
  boolean filtered = true;

  /** A circuit over it is being built, and no other is begun; never true of a primary guard. */
  boolean pending;

  /** No longer in the sample; circuits over it may still be there. */
  boolean removed;

  /** When it was last given out; null: not since the start. */
  @Nullable Instant lastTried;

  Guard(SampledGuard saved) {
    this.saved = saved;
  }

  RsaIdentity identity() {
    return saved.identity();
  }

  boolean confirmed() {
    return saved.confirmed() != null;
  }

  /** Its place among the confirmed guards; after all of them if it is none. */
  int confirmedIndex() {
    SampledGuard.Confirmed confirmed = saved.confirmed();
    return confirmed == null ? Integer.MAX_VALUE : confirmed.index();
  }

  boolean mayBeTried() {
    return !(reach instanceof Failing);
  }

  /** Of the set that guard-spec calls USABLE_FILTERED_GUARDS. */
  boolean usable() {
    return filtered && mayBeTried();
  }

  void tried(Instant now) {
    lastTried = now;
  }

  void succeeded() {
    reach = new Reachable();
    pending = false;
  }

  void failed(Instant now) {
    Instant lastTry = Objects.requireNonNullElse(lastTried, now);
    pending = false;
    reach =
        switch (reach) {
          case Untried _, Reachable _ -> new Failing(now, lastTry);
          case Failing(Instant since, _) -> new Failing(since, lastTry);
          case Retrying(Instant since) -> new Failing(since, lastTry);
        };
  }

  /** Lets a failing guard be tried again. */
  void allowRetry() {
    if (reach instanceof Failing(Instant since, _)) {
      reach = new Retrying(since);
    }
  }

  /**
   * Whether circuits over this guard come before those over {@code other}, as C tor has it: by the
   * order of confirmation, then those on which something is pending, the earlier one first.
   */
  boolean isBefore(Guard other) {
    if (confirmed() || other.confirmed()) {
      return confirmedIndex() < other.confirmedIndex();
    }
    return pending
        && (!other.pending
            || (lastTried != null
                && other.lastTried != null
                && lastTried.isBefore(other.lastTried)));
  }

  /** Does not say which guard. */
  @Override
  public String toString() {
    return "Guard[" + saved.sampledIndex() + "]";
  }
}
