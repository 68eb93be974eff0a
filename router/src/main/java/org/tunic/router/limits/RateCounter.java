package org.tunic.router.limits;

/**
 * A bucket of whole tokens that is refilled once a second: one for each circuit, connection or
 * stream that somebody may ask for.
 *
 * <p>Threads: its owner's.
 */
public final class RateCounter {
  private long tokens;
  private long refilledSecond;

  /** A full bucket. */
  public RateCounter(int burst, long nowSecond) {
    this.tokens = burst;
    this.refilledSecond = nowSecond;
  }

  /** Adds what the time since the last call is worth; a lower burst takes tokens away. */
  public void refill(int rate, int burst, long nowSecond) {
    long seconds = Math.max(0, nowSecond - refilledSecond);
    if (seconds > 0) {
      tokens = seconds >= burst ? burst : tokens + seconds * rate;
      refilledSecond = nowSecond;
    }
    tokens = Math.min(tokens, burst);
  }

  /** Takes a token; false if there was none. */
  public boolean take() {
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Whether the next {@link #take} would fail. */
  public boolean isEmpty() {
    return tokens == 0;
  }
}
