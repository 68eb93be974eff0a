package org.tunic.index.account;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * How much may be brought in an hour: by each account, and by all visitors without one together,
 * whom nothing tells apart.
 *
 * <p>Bound: one number for each account that brought something within the hour.
 *
 * <p>Threads: guarded by this.
 */
public final class Quota {
  private static final long HOUR_SECONDS = 3600;

  private final InstantSource clock;
  private final int most;
  private final Map<String, Integer> used = new HashMap<>();
  private long hour;

  /**
   * @param most in an hour
   */
  public Quota(InstantSource clock, int most) {
    this.clock = clock;
    this.most = most;
  }

  /** Whether one more may be brought, and if so, counts it. */
  public synchronized boolean take(String who) {
    long now = clock.instant().getEpochSecond() / HOUR_SECONDS;
    if (now != hour) {
      hour = now;
      used.clear();
    }
    int before = used.getOrDefault(who, 0);
    if (before >= most) {
      return false;
    }
    used.put(who, before + 1);
    return true;
  }
}
