package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.MemoryAccount;

/**
 * Ends circuits when memory is short: those whose cells have waited longest first, or whose streams
 * hold bytes that nobody takes, as C tor does, until the account is a tenth below its limit.
 * Whoever makes cells pile up does so by not reading them, so that his are the oldest; ending big
 * queues first would hit honest downloads.
 *
 * <p>Each loop lists the queues of its channels, the last one done sorts them, and each loop ends
 * those of its own that were chosen. Only one such round runs at a time.
 *
 * <p>Threads: any.
 */
final class MemoryRelief implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(MemoryRelief.class);
  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  /**
   * A circuit with cells waiting for a channel, or with bytes of streams waiting for readers.
   *
   * @param since when its oldest cell came, or when a reader took something last, on the monotonic
   *     clock
   */
  record Waiting(Channel channel, int circuitId, long since, long bytes) {}

  private final Supplier<List<Channel>> channels;
  private final LoopContexts contexts;
  private final MemoryAccount account;
  private final LimitCounters counters;
  private final LongSupplier nanoClock;
  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicLong nextLog;

  MemoryRelief(
      Supplier<List<Channel>> channels,
      LoopContexts contexts,
      LimitCounters counters,
      LongSupplier nanoClock) {
    this.channels = channels;
    this.contexts = contexts;
    this.account = contexts.memory();
    this.counters = counters;
    this.nanoClock = nanoClock;
    this.nextLog = new AtomicLong(nanoClock.getAsLong());
  }

  @Override
  public void run() {
    if (!running.compareAndSet(false, true)) {
      return;
    }
    Map<EventLoop, List<Channel>> byLoop = new HashMap<>();
    for (Channel channel : channels.get()) {
      byLoop.computeIfAbsent(channel.loop(), _ -> new ArrayList<>()).add(channel);
    }
    AtomicInteger missing = new AtomicInteger(byLoop.size());
    Queue<Waiting> found = new ConcurrentLinkedQueue<>();
    if (byLoop.isEmpty()) {
      running.set(false);
    }
    byLoop.forEach(
        (loop, own) ->
            onLoop(
                loop,
                () -> {
                  try {
                    own.forEach(channel -> channel.waitingCircuits(found::add));
                  } finally {
                    if (missing.decrementAndGet() == 0) {
                      choose(List.copyOf(found));
                    }
                  }
                }));
  }

  private void onLoop(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      running.set(false); // the node is closing
    }
  }

  private void choose(List<Waiting> found) {
    long excess = account.excess();
    Map<EventLoop, List<Waiting>> chosen = new HashMap<>();
    long freed = 0;
    int count = 0;
    List<Waiting> oldestFirst = new ArrayList<>(found);
    oldestFirst.sort(
        Comparator.comparingLong(Waiting::since)
            .thenComparing(Comparator.comparingLong(Waiting::bytes).reversed()));
    for (Waiting circuit : oldestFirst) {
      if (freed >= excess) {
        break;
      }
      freed += circuit.bytes;
      count++;
      chosen.computeIfAbsent(circuit.channel.loop(), _ -> new ArrayList<>()).add(circuit);
    }
    counters.addOomBytes(freed);
    report(freed, count);
    AtomicInteger missing = new AtomicInteger(chosen.size());
    if (chosen.isEmpty()) {
      running.set(false);
    }
    chosen.forEach(
        (loop, own) ->
            onLoop(
                loop,
                () -> {
                  try {
                    own.forEach(c -> c.channel.kill(c.circuitId, DestroyReason.RESOURCELIMIT));
                  } finally {
                    if (missing.decrementAndGet() == 0) {
                      contexts.settle(() -> running.set(false));
                    }
                  }
                }));
  }

  private void report(long freed, int count) {
    long now = nanoClock.getAsLong();
    long due = nextLog.get();
    if (count > 0 && now - due >= 0 && nextLog.compareAndSet(due, now + LOG_EVERY_NANOS)) {
      log.info(
          "We're low on memory ({} bytes in cells, {} in all). Removed {} bytes by killing {}"
              + " circuits. (This behavior is controlled by MaxMemInQueues.)",
          account.cells(),
          account.used(),
          freed,
          count);
    }
  }
}
