package org.tunic.onion.host;

/**
 * That a service asks its visitors for proof of work, and how fast it answers those that wait.
 *
 * <p>Spec: hspow-spec/common-protocol. Threads: immutable.
 *
 * @param queueRate {@code HiddenServicePoWQueueRate}: introductions answered a second, 0 to 2^31 -
 *     1; 0 for as many as come
 * @param queueBurst {@code HiddenServicePoWQueueBurst}: how many at once, at least the rate
 */
public record PowDefence(int queueRate, int queueBurst) {
  /** C tor's rate. */
  public static final int DEFAULT_RATE = 250;

  /** C tor's burst. */
  public static final int DEFAULT_BURST = 2500;

  /** Refuses what cannot be. */
  public PowDefence {
    if (queueRate < 0 || queueBurst < queueRate) {
      throw new IllegalArgumentException("rate and burst of a queue");
    }
  }

  /** With C tor's rate. */
  public static PowDefence ofDefaults() {
    return new PowDefence(DEFAULT_RATE, DEFAULT_BURST);
  }
}
