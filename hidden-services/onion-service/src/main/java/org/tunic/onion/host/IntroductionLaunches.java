package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * How many circuits to introduction points a service may still launch, and which relays it leaves
 * alone for now: a relay that establishes and hangs up must not make us build circuits and publish
 * descriptors without end.
 *
 * <p>Bounds: as many launches in {@link #PERIOD} as C tor, for both descriptors together. A relay
 * is avoided only after {@link IntroductionPoint#MAX_CIRCUITS} launches, so those avoided are a
 * fraction of the launches of two periods.
 *
 * <p>Spec: rend-spec/introduction-protocol#EST_INTRO. Threads: the service's.
 */
final class IntroductionLaunches {
  /** C tor's {@code INTRO_CIRC_RETRY_PERIOD}. */
  static final Duration PERIOD = Duration.ofMinutes(5);

  private static final int DESCRIPTORS = 2;

  /** C tor launches two more than it wants at first; the room is left for them. */
  private static final int SPARE = 2;

  private final Map<RsaIdentity, Instant> avoidedUntil = new HashMap<>();
  private Instant periodEnd = Instant.MIN;
  private int launched;

  /** Launches in one period for a service that wants so many points. */
  static int budget(int introPoints) {
    return DESCRIPTORS * (SPARE + introPoints * IntroductionPoint.MAX_CIRCUITS);
  }

  /** Whether another circuit may be launched now; if so it is counted by {@link #launched}. */
  boolean mayLaunch(int introPoints, Instant now) {
    if (!now.isBefore(periodEnd)) {
      periodEnd = now.plus(PERIOD);
      launched = 0;
    }
    return launched < budget(introPoints);
  }

  void launched() {
    launched++;
  }

  /** A launch did not reach its point, which was asked for nothing. */
  void cancelled() {
    launched = Math.max(0, launched - 1);
  }

  /** When there is a budget again. */
  Instant periodEnd() {
    return periodEnd;
  }

  /** A relay failed too often. */
  void avoid(RsaIdentity relay, Instant now) {
    avoidedUntil.put(relay, now.plus(PERIOD));
  }

  boolean isAvoided(RsaIdentity relay, Instant now) {
    avoidedUntil.values().removeIf(until -> !now.isBefore(until));
    return avoidedUntil.containsKey(relay);
  }
}
