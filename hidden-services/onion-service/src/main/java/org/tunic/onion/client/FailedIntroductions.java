package org.tunic.onion.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.onion.OnionFailure.Reason;

/**
 * Introduction points that failed a short time ago, so that the next visit does not try them again
 * before the others: C tor's cache of introduction states.
 *
 * <p>One that refused, or did not answer, is left alone for {@link #KEPT}; one that no circuit
 * reached after {@link #MAX_UNREACHABLE} attempts in that time, since most of those fail on the way
 * there. A point is known by its service and its authentication key: another service that names the
 * same key must not spoil it, and a service that establishes a point anew makes another key.
 *
 * <p>Bounds: the last {@link #MAX} points.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO1. Threads: guarded by this.
 */
final class FailedIntroductions {
  /** Points remembered: those of hundreds of services. */
  static final int MAX = 4096;

  /** C tor's {@code HS_CACHE_CLIENT_INTRO_STATE_MAX_AGE}, counted from the first failure. */
  static final Duration KEPT = Duration.ofMinutes(2);

  /** C tor's {@code MAX_INTRO_POINT_REACHABILITY_FAILURES}. */
  static final int MAX_UNREACHABLE = 5;

  /** How a point failed. */
  enum Failure {
    /** It said that it knows no such service, or the descriptor gives no way to it. */
    REFUSED,
    /** It did not answer in time. */
    TIMED_OUT,
    /** There was no circuit, or that one ended. */
    UNREACHABLE
  }

  private record Point(HsId service, Ed25519Identity authKey) {}

  /**
   * What is known of a point.
   *
   * @param reason why it is left alone; null while it only was not reached now and then
   */
  private record State(Instant until, int unreachable, @Nullable Reason reason) {
    State after(Failure failure) {
      return switch (failure) {
        case REFUSED -> new State(until, unreachable, Reason.INTRODUCTION_FAILED);
        case TIMED_OUT -> new State(until, unreachable, Reason.INTRODUCTION_TIMED_OUT);
        case UNREACHABLE ->
            new State(
                until,
                unreachable + 1,
                reason == null && unreachable + 1 >= MAX_UNREACHABLE
                    ? Reason.INTRODUCTION_FAILED
                    : reason);
      };
    }
  }

  private final InstantSource clock;
  private final Map<Point, State> states =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Point, State> eldest) {
          return size() > MAX;
        }
      };

  FailedIntroductions(InstantSource clock) {
    this.clock = clock;
  }

  /** An introduction at this point came to nothing. */
  synchronized void note(HsId service, Ed25519Identity authKey, Failure failure) {
    Instant now = clock.instant();
    Point point = new Point(service, authKey);
    State known = states.get(point);
    if (known == null || !now.isBefore(known.until())) {
      states.remove(point); // the new entry is the youngest
      known = new State(now.plus(KEPT), 0, null);
    }
    states.put(point, known.after(failure));
  }

  /** Why a point is left alone for now; empty if it is not. */
  synchronized Optional<Reason> reason(HsId service, Ed25519Identity authKey) {
    return Optional.ofNullable(states.get(new Point(service, authKey)))
        .filter(state -> clock.instant().isBefore(state.until()))
        .map(State::reason);
  }

  synchronized int size() {
    return states.size();
  }
}
