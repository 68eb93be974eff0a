package org.tunic.router.circuit.pool;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks left for the pool's thread.
 *
 * <p>It has no bound of its own: what posts to it is bounded (see {@link CircuitPool}), and losing
 * a task would lose a circuit or a stream. After {@link #finish} tasks run at once, one at a time,
 * in the thread that posts them, so that what comes late still finds somebody.
 *
 * <p>Threads: any may post; the pool's thread takes.
 */
final class Mailbox {
  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private volatile boolean finished;

  void post(Runnable task) {
    tasks.add(task);
    if (finished) {
      performAll();
    }
  }

  /** Performs at most {@code most} tasks that are there. */
  void perform(int most) {
    int budget = most;
    for (Runnable task; budget-- > 0 && (task = tasks.poll()) != null; ) {
      perform(task);
    }
  }

  /** Waits for a task and performs it, if one comes in time. */
  void await(long waitNanos) throws InterruptedException {
    perform(tasks.poll(waitNanos, TimeUnit.NANOSECONDS));
  }

  /** Performs all that is there, and from now on what comes. */
  void finish() {
    finished = true;
    performAll();
  }

  private synchronized void performAll() {
    perform(Integer.MAX_VALUE);
  }

  private static void perform(@Nullable Runnable task) {
    try {
      if (task != null) {
        task.run();
      }
    } catch (RuntimeException e) {
      log.error("A task of the circuit pool failed; this is a bug", e);
    }
  }
}
