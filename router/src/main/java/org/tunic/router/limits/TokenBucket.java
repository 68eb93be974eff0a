package org.tunic.router.limits;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that may still go: fills at a rate up to a burst. What was already carried is taken out
 * afterwards, so it may be in debt, which is paid before anything else goes.
 *
 * <p>Threads: {@link #spend} and {@link #level} any; {@link #refill} one at a time.
 */
public final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  private final AtomicLong tokens;
  private volatile long rate;
  private volatile long burst;

  /** Refilled less than a byte at a time this remains; belongs to the thread that refills. */
  private double fraction;

  /**
   * A full one.
   *
   * @param rate bytes a second
   * @param burst bytes at most
   */
  public TokenBucket(long rate, long burst) {
    this.rate = rate;
    this.burst = burst;
    this.tokens = new AtomicLong(burst);
  }

  /** Another rate and burst; what is above the burst is lost at the next refill. */
  public void set(long newRate, long newBurst) {
    rate = newRate;
    burst = newBurst;
  }

  /** Bytes that may go; 0 or below: none. */
  public long level() {
    return tokens.get();
  }

  /**
   * Bytes went.
   *
   * @return whether it became empty by this
   */
  public boolean spend(long bytes) {
    long left = tokens.addAndGet(-bytes);
    return left <= 0 && left + bytes > 0;
  }

  /** Time has passed. */
  public void refill(long elapsedNanos) {
    double more = fraction + rate * (elapsedNanos / NANOS_PER_SECOND);
    long whole = (long) more;
    fraction = more - whole;
    long most = burst;
    tokens.updateAndGet(level -> Math.min(most, level + whole));
  }
}
