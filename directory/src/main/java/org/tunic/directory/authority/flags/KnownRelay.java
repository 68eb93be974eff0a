package org.tunic.directory.authority.flags;

import java.time.Instant;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * A relay at the moment of voting: its newest descriptor and what we found out about it.
 *
 * @param descriptor its newest descriptor
 * @param authority whether it is a configured authority
 * @param running whether we found it reachable lately
 * @param marks what the operator's list says about it
 * @param sybil whether it is one too many at its address
 * @param reachable6 whether its IPv6 OR port was reached lately and we publish such ports
 * @param measured kilobytes a second measured; -1 for none
 * @param stability what its reachability amounts to
 *     <p>Spec: dir-spec/assigning-flags-vote. Threads: immutable.
 */
public record KnownRelay(
    RouterDescriptor descriptor,
    boolean authority,
    boolean running,
    RelayMarks marks,
    boolean sybil,
    boolean reachable6,
    long measured,
    Stability stability) {
  /** No descriptor older than this is voted on. */
  static final long MAX_AGE_SECONDS = 24 * 60 * 60;

  /** Bytes a second that are believed at most without a measurement. */
  private static final long MAX_BELIEVABLE = 10_000_000;

  public RsaIdentity identity() {
    return descriptor.identity();
  }

  /** Kilobytes a second it claims, the least of rate and capacity, capped. */
  public long advertisedBandwidth() {
    var bandwidth = descriptor.contents().bandwidth();
    return Math.min(Math.min((long) bandwidth.rate(), bandwidth.observed()), MAX_BELIEVABLE) / 1000;
  }

  /** Kilobytes a second that flags are decided by. */
  long credibleBandwidth(boolean ignoreAdvertised) {
    if (measured >= 0) {
      return measured;
    }
    return ignoreAdvertised ? 0 : advertisedBandwidth();
  }

  /** Seconds it has been up by its own account. */
  long claimedUptime(Instant now) {
    long since = now.getEpochSecond() - descriptor.published().getEpochSecond();
    return descriptor.contents().uptimeSeconds() + Math.max(0, since);
  }

  boolean isExit(boolean allowPrivate) {
    var contents = descriptor.contents();
    boolean rejectsAll =
        contents.policy().rejectsAll(false, true) && contents.policy6().isRejectAll();
    return !rejectsAll && contents.policy().isGeneralExit(allowPrivate);
  }

  /** Running, valid, not hibernating and not outdated. */
  boolean isActive(Instant now) {
    return running && !marks.invalid() && !descriptor.contents().hibernating() && isRecent(now);
  }

  /** Whether its descriptor is recent enough to vote on. */
  public boolean isRecent(Instant now) {
    return !descriptor.published().isBefore(now.minusSeconds(MAX_AGE_SECONDS));
  }
}
