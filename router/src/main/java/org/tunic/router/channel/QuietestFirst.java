package org.tunic.router.channel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;

/**
 * The circuits of a channel that have cells waiting, the one that sent the fewest lately first.
 *
 * <p>"Lately" is C tor's exponentially weighted moving average: a cell sent N seconds ago counts
 * 0.5<sup>N / half-life</sup> of one sent now. A web page's few cells so pass those of a download.
 * Time is cut into ticks; a cell sent within a tick weighs the more the later it is, so that what
 * was counted before needs no touch until the next tick, which scales all at once.
 *
 * <p>A binary heap in an array of queues, the averages in the queues: nothing is allocated once it
 * has its size. The first circuit may send until another has sent as little, which {@link #run}
 * says beforehand: cell by cell that is the order of C tor, for one step in the heap instead of one
 * a cell. The clock is read once a write of the socket, and its power of the half-life taken at
 * most once a millisecond.
 *
 * <p>Threads: event loop of the channel.
 */
final class QuietestFirst {
  private static final int FIRST_ROOM = 8;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final NodeLimits limits;
  private @Nullable CellQueue[] heap = new @Nullable CellQueue[FIRST_ROOM];
  private int size;

  private long tick;
  private long tickBegan;
  private long lookedAt;
  private double kept; // per tick, by the rules of the last look
  private double weight = 1; // of a cell sent now

  QuietestFirst(NodeLimits limits, long now) {
    this.limits = limits;
    this.kept = limits.queues().keptPerTick();
    this.tickBegan = now;
    this.lookedAt = now;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Takes note of the time, before a series of {@link #first} and {@link #sent}. */
  void lookAtClock(long now) {
    if (now - lookedAt < NANOS_PER_MILLI) {
      return;
    }
    lookedAt = now;
    QueueRules rules = limits.queues();
    long length = rules.tick().toNanos();
    long passed = (now - tickBegan) / length;
    if (passed > 0) {
      tickBegan += passed * length;
      tick += passed;
      double factor = Math.pow(kept, (double) passed);
      for (int i = 0; i < size; i++) { // the order stays
        at(i).recent *= factor;
        at(i).recentTick = tick;
      }
    }
    kept = rules.keptPerTick();
    weight = Math.pow(kept, -(double) (now - tickBegan) / length);
  }

  private CellQueue at(int index) {
    CellQueue queue = heap[index];
    assert queue != null;
    return queue;
  }

  /** Adds a circuit that has cells again. */
  void add(CellQueue queue) {
    if (queue.recentTick != tick) {
      queue.recent *= Math.pow(kept, (double) (tick - queue.recentTick));
      queue.recentTick = tick;
    }
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    up(size++, queue);
  }

  /** A circuit of the channel that has not sent yet. */
  void admit(CellQueue queue) {
    queue.recentTick = tick;
  }

  /** The circuit whose turn it is; there must be one. */
  CellQueue first() {
    return at(0);
  }

  /** How many cells the first may send before it is another's turn, at most {@code room}. */
  int run(int room) {
    if (size == 1) {
      return room;
    }
    double next = at(1).recent;
    if (size > 2 && at(2).recent < next) {
      next = at(2).recent;
    }
    double cells = (next - at(0).recent) / weight; // not negative
    return cells >= room ? room : Math.max(1, (int) Math.ceil(cells));
  }

  /** The first has sent, and has more. */
  void sent(int cells) {
    CellQueue queue = at(0);
    queue.recent += cells * weight;
    down(0, queue);
  }

  /** The first has sent, and has nothing left. */
  void sentLast(int cells) {
    CellQueue queue = at(0);
    queue.recent += cells * weight;
    remove(queue);
  }

  /** Takes out a circuit that takes part. */
  void remove(CellQueue queue) {
    int index = queue.heapIndex;
    CellQueue last = at(--size);
    heap[size] = null;
    queue.heapIndex = -1;
    if (last != queue) {
      down(index, last);
      if (last.heapIndex == index) {
        up(index, last);
      }
    }
  }

  void clear() {
    while (size > 0) {
      at(--size).heapIndex = -1;
      heap[size] = null;
    }
  }

  private void up(int from, CellQueue queue) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) / 2;
      CellQueue above = at(parent);
      if (above.recent <= queue.recent) {
        break;
      }
      put(index, above);
      index = parent;
    }
    put(index, queue);
  }

  private void down(int from, CellQueue queue) {
    int index = from;
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && at(child + 1).recent < at(child).recent) {
        child++;
      }
      CellQueue below = at(child);
      if (below.recent > queue.recent) {
        break;
      }
      put(index, below);
      index = child;
    }
    put(index, queue);
  }

  private void put(int index, CellQueue queue) {
    heap[index] = queue;
    queue.heapIndex = index;
  }
}
