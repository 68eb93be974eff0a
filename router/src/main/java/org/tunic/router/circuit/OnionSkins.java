package org.tunic.router.circuit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.limits.HandshakeKind;
import org.tunic.router.limits.LimitCounters;

/**
 * The pool that answers CREATE2 handshakes: a few platform threads and a bounded queue, so that a
 * flood of onion skins costs a refusal each and neither memory nor the event loops' time.
 *
 * <p>The rules are C tor's. NumCPUs × {@code max_pending_tasks_per_cpu} onion skins are with the
 * threads; further ones wait in one queue, ntor and ntor v3 together. {@link #ALWAYS_ROOM} may
 * always wait; beyond that an onion skin is refused when those that wait would keep the threads
 * busy for longer than MaxOnionQueueDelay, by what {@link OnionSkinTimes} says of each. Whoever
 * waits longer than {@code onion_queue_wait_cutoff} is given up when the next one comes: its client
 * has tried elsewhere meanwhile. The onion skin of a circuit that goes away is taken out at once.
 *
 * <p>The mean counts ntor and ntor v3 together; C tor measures the first alone, and so assumes 1 ms
 * for ever where nobody sends it.
 *
 * <p>Threads: guarded by its own lock, taken a few times an onion skin.
 */
public final class OnionSkins implements AutoCloseable {
  /** Onion skins that may wait whatever the estimate says. */
  static final int ALWAYS_ROOM = 50;

  /** C tor's least number of threads. */
  private static final int MIN_THREADS = 2;

  private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final Logger log = LoggerFactory.getLogger(OnionSkins.class);

  /**
   * One onion skin.
   *
   * <p>Exactly one of the methods is called, once, unless the job is cancelled before.
   */
  interface Job {
    /**
     * Computes the answer. Threads: one of the pool.
     *
     * @return false when the handshake failed: its time says nothing about the others
     */
    boolean answer();

    /** It waited too long: refuse the circuit. Threads: any. */
    void giveUp();
  }

  private final int cpus;
  private final int threads;
  private final Supplier<OnionQueueRules> rules;
  private final LimitCounters counters;
  private final LongSupplier nanoClock;
  private final ExecutorService pool;

  // All guarded by this.
  private final Map<Job, Entry> assigned = new LinkedHashMap<>();
  private final Map<Job, Entry> queued = new LinkedHashMap<>();
  private int running; // handshakes being computed
  private int workers; // threads at work, or about to be
  private final OnionSkinTimes times = new OnionSkinTimes();
  private long lastWarnedNanos;
  private boolean warned;
  private boolean closed;

  private record Entry(Job job, HandshakeKind kind, boolean counted, long sinceNanos) {}

  /**
   * @param cpus NumCPUs, at least 1; at least two threads run
   * @param rules asked at each onion skin
   * @param nanoClock monotonic nanoseconds
   */
  public OnionSkins(
      int cpus, Supplier<OnionQueueRules> rules, LimitCounters counters, LongSupplier nanoClock) {
    this.cpus = cpus;
    this.threads = Math.max(cpus, MIN_THREADS);
    this.rules = rules;
    this.counters = counters;
    this.nanoClock = nanoClock;
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // never more tasks than threads: see startWorker
            Thread.ofPlatform().name("onion-skins-", 0).daemon(true).factory());
    executor.allowCoreThreadTimeOut(true);
    this.pool = executor;
  }

  /**
   * Takes an onion skin.
   *
   * @param fromRelay whether the channel is a relay's: clients' onion skins are not counted
   * @return false when there is no room: refuse the circuit with RESOURCELIMIT
   */
  boolean submit(HandshakeKind kind, boolean fromRelay, Job job) {
    OnionQueueRules now = rules.get();
    Entry entry = new Entry(job, kind, fromRelay, nanoClock.getAsLong());
    if (fromRelay) {
      counters.addOnionSkinRequested(kind);
    }
    List<Job> tooOld = List.of();
    boolean taken;
    boolean warn = false;
    synchronized (this) {
      if (closed) {
        return false;
      }
      taken = true;
      if (running + assigned.size() < mostPending(now)) {
        assign(entry);
      } else if (queued.size() < ALWAYS_ROOM || estimateNanos() <= now.maxDelay().toNanos()) {
        queued.put(job, entry);
        tooOld = cull(now, entry.sinceNanos);
      } else {
        taken = false;
        warn = mayWarn(entry.sinceNanos);
      }
    }
    if (!taken && fromRelay) {
      counters.addOnionSkinDropped(kind);
    }
    if (warn) {
      log.warn(
          "Your computer is too slow to handle this many circuit creation requests! Please"
              + " consider using the MaxAdvertisedBandwidth config option or choosing a more"
              + " restricted exit policy.");
    }
    tooOld.forEach(Job::giveUp);
    return taken;
  }

  private long mostPending(OnionQueueRules now) {
    return (long) cpus * now.pendingPerCpu();
  }

  /** How long the onion skins that wait will keep the threads busy. */
  private long estimateNanos() {
    return times.meanNanos() * queued.size() / threads;
  }

  private List<Job> cull(OnionQueueRules now, long nanos) {
    List<Job> tooOld = new ArrayList<>();
    Iterator<Entry> oldest = queued.values().iterator();
    while (oldest.hasNext()) {
      Entry entry = oldest.next();
      if (nanos - entry.sinceNanos < now.cutoff().toNanos()) {
        break;
      }
      oldest.remove();
      tooOld.add(entry.job);
    }
    return tooOld;
  }

  private boolean mayWarn(long nanos) {
    if (warned && nanos - lastWarnedNanos < WARN_EVERY_NANOS) {
      return false;
    }
    warned = true;
    lastWarnedNanos = nanos;
    return true;
  }

  private void assign(Entry entry) {
    assigned.put(entry.job, entry);
    if (entry.counted) {
      counters.addOnionSkinProcessed(entry.kind);
    }
    if (workers < threads) {
      workers++;
      pool.execute(this::work);
    }
  }

  /** Fills the places with the threads from the queue. */
  private void promote() {
    long most = mostPending(rules.get());
    Iterator<Entry> oldest = queued.values().iterator();
    while (running + assigned.size() < most && oldest.hasNext()) {
      Entry entry = oldest.next();
      oldest.remove();
      assign(entry);
    }
  }

  /** Threads: one of the pool, until nothing is left. */
  private void work() {
    for (Job job = next(); job != null; job = next()) {
      long began = nanoClock.getAsLong();
      boolean answered = false;
      try {
        answered = job.answer();
      } catch (RuntimeException | Error e) { // a thread less would be one less for ever
        log.error("an onion skin could not be answered", e);
        job.giveUp();
      } finally {
        done(answered, nanoClock.getAsLong() - began);
      }
    }
  }

  private synchronized @Nullable Job next() {
    Iterator<Job> oldest = assigned.keySet().iterator();
    if (closed || !oldest.hasNext()) {
      workers--;
      return null;
    }
    Job job = oldest.next();
    oldest.remove();
    running++;
    return job;
  }

  private synchronized void done(boolean answered, long nanos) {
    running--;
    if (answered) {
      times.answered(nanos);
    }
    promote();
  }

  /** The circuit is gone: its onion skin needs no answer. */
  synchronized void cancel(Job job) {
    if (assigned.remove(job) != null) {
      promote();
    } else {
      queued.remove(job);
    }
  }

  /** Onion skins that are neither answered nor being answered. */
  synchronized int waiting() {
    return assigned.size() + queued.size();
  }

  /** Whether none waits and none is being answered. */
  synchronized boolean idle() {
    return running == 0 && waiting() == 0;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      assigned.clear();
      queued.clear();
    }
    pool.shutdownNow();
  }
}
