package org.tunic.onion.client;

import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowSolver;

/**
 * Solves the puzzles of services that ask for proof of work, on two threads, so that no service can
 * make all of this node's cores its own.
 *
 * <p>Bounds: {@link #THREADS} puzzles at once, 4 MB each, {@link #MAX_WAITING} that wait, of one
 * service {@link #MAX_PER_SERVICE} in all, and {@link #MAX_EFFORT} whatever a service suggests.
 *
 * <p>Spec: hspow-spec/v1-equix. Threads: any.
 */
final class PuzzleSolvers implements AutoCloseable {
  /** Most effort made, as in C tor. */
  static final long MAX_EFFORT = 10_000;

  /** Puzzles solved at once. */
  static final int THREADS = 2;

  /** Puzzles that wait for a thread. */
  static final int MAX_WAITING = 32;

  /** Puzzles of one service, solved or waiting: a hostile one must not keep others waiting. */
  static final int MAX_PER_SERVICE = 8;

  private static final long MIN_RETRY_EFFORT = 8;
  private static final long DOUBLE_UNTIL = 1000;

  private final SecureRandom random;
  private final ThreadPoolExecutor threads;

  /** Puzzles of each service that wait or are being solved; never 0. */
  private final ConcurrentHashMap<HsBlindedId, Integer> ofService = new ConcurrentHashMap<>();

  private volatile boolean closed;

  PuzzleSolvers(SecureRandom random) {
    this.random = random;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "puzzle");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * The effort for an introduction, raised in C tor's steps with every one that came to nothing. C
   * tor's client counts circuits to introduction points that ended; what says more of a service
   * under load is that it does not answer.
   *
   * @param suggested by the service
   * @param failed introductions that were acknowledged and not answered
   */
  static long effort(long suggested, int failed) {
    long effort = Math.min(suggested, MAX_EFFORT);
    for (int i = 0; i < failed && effort < MAX_EFFORT; i++) {
      long raised = effort < DOUBLE_UNTIL ? 2 * effort : effort + effort / 2;
      effort = Math.clamp(raised, MIN_RETRY_EFFORT, MAX_EFFORT);
    }
    return effort;
  }

  /**
   * Solves a puzzle.
   *
   * @param effort at most {@link #MAX_EFFORT}
   * @return cancelling it ends the search; fails if too many puzzles wait, of all services or of
   *     this one
   */
  CompletableFuture<PowSolution> solve(HsBlindedId service, PowSeed seed, long effort) {
    CompletableFuture<PowSolution> result = new CompletableFuture<>();
    if (ofService.merge(service, 1, Integer::sum) > MAX_PER_SERVICE) {
      done(service);
      return CompletableFuture.failedFuture(
          new RejectedExecutionException("too many puzzles of one service"));
    }
    try {
      threads.execute(
          () -> {
            try {
              new PowSolver()
                  .solve(service, seed, effort, random, () -> !closed && !result.isDone())
                  .ifPresentOrElse(result::complete, () -> result.cancel(false));
            } catch (RuntimeException | Error e) {
              result.completeExceptionally(e);
            } finally {
              done(service);
            }
          });
    } catch (RejectedExecutionException e) {
      done(service);
      result.completeExceptionally(e);
    }
    return result;
  }

  private void done(HsBlindedId service) {
    ofService.computeIfPresent(service, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Ends all searches. */
  @Override
  public void close() {
    closed = true;
    threads.shutdown();
  }
}
