package org.tunic.router.circuit;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The pool that answers CREATE2 handshakes: a few platform threads and a bounded queue, so that a
 * flood of onion skins costs a refusal each and neither memory nor the event loops' time.
 *
 * <p>Threads: any.
 */
public final class OnionSkins implements AutoCloseable {
  /** Onion skins waiting for a thread; beyond it CREATE2 is refused with RESOURCELIMIT. */
  public static final int MAX_QUEUED = 2048;

  private final ThreadPoolExecutor pool;

  /**
   * @param threads number of worker threads, at least 1
   */
  public OnionSkins(int threads) {
    this(threads, MAX_QUEUED);
  }

  OnionSkins(int threads, int maxQueued) {
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxQueued),
            Thread.ofPlatform().name("onion-skins-", 0).daemon(true).factory());
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * @return false when the queue is full: refuse the circuit
   */
  boolean submit(Runnable handshake) {
    try {
      pool.execute(handshake);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
