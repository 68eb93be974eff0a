package org.tunic.router.limits;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What peers make this process keep: cells in queues, and buffers of sockets, streams and directory
 * answers; and whom to wake when it is too much.
 *
 * <p>Cells are added and taken away by each event loop in large steps, never one by one. Buffers
 * are what the allocator says of itself, asked whenever the sum is. MaxMemInQueues bounds the sum.
 *
 * <p>Threads: any, because the sum is atomic.
 */
public final class MemoryAccount {
  /** Without a limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private final AtomicLong cells = new AtomicLong();
  private final List<LongSupplier> buffers = new CopyOnWriteArrayList<>();
  private final List<Runnable> relief = new CopyOnWriteArrayList<>();
  private volatile long limit = UNLIMITED;

  /** Sets the limit in bytes. */
  public void limit(long bytes) {
    limit = bytes;
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }

  /** Bytes to count besides cells: {@code used} is called often and must be cheap. */
  public void countBuffers(LongSupplier used) {
    buffers.add(used);
  }

  /** Called when the limit is reached, from any thread and perhaps often; must not block. */
  public void whenFull(Runnable listener) {
    relief.add(listener);
  }

  /** Undoes {@link #whenFull}. */
  public void forget(Runnable listener) {
    relief.remove(listener);
  }

  /** Cells came, or went. */
  public void addCells(long bytes) {
    cells.addAndGet(bytes);
    if (bytes > 0) {
      check();
    }
  }

  /** Asks for relief if the limit is reached. */
  public void check() {
    if (used() >= limit) {
      relief.forEach(Runnable::run);
    }
  }

  /** Bytes in queues of cells. */
  public long cells() {
    return cells.get();
  }

  /** Bytes in use. */
  public long used() {
    long sum = cells.get();
    for (LongSupplier each : buffers) {
      sum += each.getAsLong();
    }
    return sum;
  }

  /** Bytes to free now: down to nine tenths of the limit; 0 below the limit. */
  public long excess() {
    long now = used();
    return now < limit ? 0 : now - limit / 10 * 9;
  }
}
