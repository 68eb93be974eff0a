package org.tunic.daemon.wiring;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The most a relay has carried for ten seconds, as its descriptor says it: C tor's "observed"
 * bandwidth. {@link #sample} is called once a second.
 *
 * <p>Spec: dir-spec/server-descriptor-format#bandwidth. Threads: any, guarded by {@code this}.
 */
final class ObservedBandwidth implements IntSupplier {
  static final int WINDOW_SECONDS = 10;

  private final LongSupplier bytesSoFar;
  private final long[] samples = new long[WINDOW_SECONDS + 1];
  private long count;
  private int most;

  /**
   * @param bytesSoFar bytes relayed since the start; never falls
   */
  ObservedBandwidth(LongSupplier bytesSoFar) {
    this.bytesSoFar = bytesSoFar;
  }

  /** Takes note of this second. */
  synchronized void sample() {
    long now = bytesSoFar.getAsLong();
    samples[(int) (count % samples.length)] = now;
    if (count >= WINDOW_SECONDS) {
      long before = samples[(int) ((count - WINDOW_SECONDS) % samples.length)];
      most = (int) Math.max(most, Math.min(Integer.MAX_VALUE, (now - before) / WINDOW_SECONDS));
    }
    count++;
  }

  /** Bytes a second. */
  @Override
  public synchronized int getAsInt() {
    return most;
  }
}
