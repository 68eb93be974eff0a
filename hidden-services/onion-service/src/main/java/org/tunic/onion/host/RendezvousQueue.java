package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.RateCounter;

/**
 * The introductions of a service that wait to be answered: those of more effort first, and of equal
 * effort the older ones.
 *
 * <p>Bounds: {@link #MAX_IN_PROGRESS} are being answered at once, with proof of work {@link
 * #MAX_CHEAP_IN_PROGRESS} if they prove less than is suggested; {@link #MAX_WAITING} wait without
 * proof of work, with it as many as C tor lets; when there is one more the lower half is dropped.
 * None waits longer than {@link #MAX_WAIT}.
 *
 * <p>Spec: hspow-spec/common-protocol (“Service-side effort control”). Threads: guarded by this.
 */
final class RendezvousQueue {
  /**
   * Introductions being answered at once: C tor begins them all, and so do we as long as it is no
   * flood. Each ends after {@link Introduction#MAX_TIME}. Proof of work makes it no fewer: until a
   * service suggests an effort, a few whose rendezvous points never answer would shut others out.
   */
  static final int MAX_IN_PROGRESS = 1024;

  /** Those in progress from which on no introduction below the suggested effort is begun. */
  static final int MAX_CHEAP_IN_PROGRESS = 16;

  /** Introductions that wait, without proof of work. */
  static final int MAX_WAITING = 1024;

  /** Introductions that wait, whatever the settings of proof of work say. */
  static final int MOST_WAITING = 1 << 16;

  /** Half of the time in which a client gives up. */
  static final Duration MAX_WAIT = Duration.ofSeconds(15);

  private static final int LOW_LEVEL = 8;
  private static final long MAX_EFFORT = 0xffff_ffffL;

  /** One that waits. */
  record Waiting(Introduction request, long effort, Instant since, long order) {}

  private static final Comparator<Waiting> FIRST =
      Comparator.comparingLong(Waiting::effort).reversed().thenComparingLong(Waiting::order);

  private final int maxInProgress;
  private final HsCounters counters;
  private PriorityQueue<Waiting> waiting = new PriorityQueue<>(FIRST);
  private @Nullable PowDefence defence;
  private @Nullable RateCounter bucket;
  private int inProgress;
  private long lastOrder;

  // Since the last look at the effort.
  private long totalEffort;
  private long begun;
  private long maxTrimmedEffort = -1;
  private boolean hadQueue;

  RendezvousQueue(HsCounters counters) {
    this(MAX_IN_PROGRESS, counters);
  }

  /**
   * @param maxInProgress in place of {@link #MAX_IN_PROGRESS}
   */
  RendezvousQueue(int maxInProgress, HsCounters counters) {
    this.maxInProgress = maxInProgress;
    this.counters = counters;
  }

  /** What proof of work asks for from now on; null without. */
  synchronized void use(@Nullable PowDefence newDefence, Instant now) {
    if (Objects.equals(defence, newDefence)) {
      return;
    }
    defence = newDefence;
    bucket =
        newDefence == null || newDefence.queueRate() == 0
            ? null
            : new RateCounter(newDefence.queueBurst(), now.getEpochSecond());
  }

  /** How many wait at most. */
  synchronized int highLevel() {
    if (defence == null) {
      return MAX_WAITING;
    }
    long level =
        defence.queueRate() == 0
            ? 16384
            : defence.queueBurst() + 4 * MAX_WAIT.toSeconds() * defence.queueRate();
    return (int) Math.min(MOST_WAITING, level);
  }

  private int lowLevel() {
    return defence == null || defence.queueRate() == 0
        ? 2 * LOW_LEVEL
        : Math.max(LOW_LEVEL, defence.queueRate() / 4);
  }

  /** An introduction is to be answered. */
  synchronized void add(Introduction request, long effort, Instant now) {
    totalEffort += effort;
    waiting.add(new Waiting(request, effort, now, ++lastOrder));
    if (waiting.size() >= highLevel()) {
      trim();
    }
    tellSize();
  }

  private void tellSize() {
    counters.waiting(defence == null ? 0 : waiting.size());
  }

  private void trim() {
    PriorityQueue<Waiting> all = waiting;
    waiting = new PriorityQueue<>(FIRST);
    while (waiting.size() < highLevel() / 2) {
      waiting.add(all.remove());
    }
    for (Waiting last : all) {
      maxTrimmedEffort = Math.max(maxTrimmedEffort, last.effort());
      last.request().close();
    }
    counters.dropped(all.size());
  }

  /**
   * The next one to be answered now. Who takes one says {@link #done} in the end.
   *
   * @param suggestedEffort below which nothing is begun under load; 0 without proof of work
   * @return empty if none waits, or none may be begun now
   */
  synchronized Optional<Introduction> take(long suggestedEffort, Instant now) {
    while (!waiting.isEmpty()) {
      if (inProgress >= limit(suggestedEffort)) {
        return Optional.empty();
      }
      if (bucket != null && defence != null) {
        bucket.refill(defence.queueRate(), defence.queueBurst(), now.getEpochSecond());
        if (!bucket.take()) {
          return Optional.empty();
        }
      }
      Waiting first = waiting.remove();
      tellSize();
      if (first.since().plus(MAX_WAIT).isBefore(now)) {
        first.request().close();
        counters.dropped(1);
        continue;
      }
      inProgress++;
      begun++;
      hadQueue |= waiting.size() >= lowLevel();
      return Optional.of(first.request());
    }
    return Optional.empty();
  }

  private int limit(long suggestedEffort) {
    return defence == null || isWorthwhile(suggestedEffort)
        ? maxInProgress
        : Math.min(maxInProgress, MAX_CHEAP_IN_PROGRESS);
  }

  private boolean isWorthwhile(long suggestedEffort) {
    Waiting first = waiting.peek();
    return first != null && first.effort() >= suggestedEffort;
  }

  /** One that was taken is answered, or given up. */
  synchronized void done() {
    inProgress--;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  synchronized int size() {
    return waiting.size();
  }

  /**
   * The effort to suggest from now on: more when introductions of enough effort had to wait or were
   * dropped, a third less when none waited.
   *
   * @param suggested so far
   */
  synchronized long nextEffort(long suggested) {
    boolean raise = maxTrimmedEffort > suggested || (hadQueue && isWorthwhile(suggested));
    boolean lower = !hadQueue && waiting.size() < lowLevel();
    long average = begun == 0 ? 0 : totalEffort / begun;
    totalEffort = 0;
    begun = 0;
    maxTrimmedEffort = -1;
    hadQueue = false;
    if (raise) {
      return Math.min(MAX_EFFORT, Math.max(suggested + 1, average));
    }
    return lower ? 2 * suggested / 3 : suggested;
  }

  /** Drops all that wait. */
  synchronized void clear() {
    List<Waiting> all = new ArrayList<>(waiting);
    waiting.clear();
    tellSize();
    all.forEach(last -> last.request().close());
  }
}
