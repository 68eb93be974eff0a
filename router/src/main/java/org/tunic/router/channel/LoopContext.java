package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.limits.MemoryAccount;

/**
 * What the channels of one event loop share: scratch arrays, free chunks, and the flush at the end
 * of a turn.
 *
 * <p>Writing is put off to a task at the end of the loop's turn, after all sockets that had
 * something to read: cells that came over several channels for one destination leave in one record
 * and one system call, and the tasks that wake other loops are at most one for each of them.
 * Nothing of the data path calls {@link EventLoop#execute} more often than once a turn and loop.
 *
 * <p>Threads: its event loop, but for {@link #push}, {@link #giveBack} and the final fields.
 */
public final class LoopContext {
  /** Chunks more or less than reported at which the account is told. */
  static final int REPORTED_CHUNKS = 64;

  /** Free chunks kept, 4 KiB each. */
  static final int MAX_FREE_CHUNKS = 1024;

  private static final VarHandle READY;
  private static final VarHandle RETURNED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      READY = lookup.findVarHandle(LoopContext.class, "ready", CellQueue.class);
      RETURNED = lookup.findVarHandle(LoopContext.class, "returned", CellChunk.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EventLoop loop;
  private final LoopRandom random;
  private final byte[] scratchA = new byte[CellCommand.CELL_BODY_LEN + 3];
  private final byte[] scratchB = new byte[CellCommand.CELL_BODY_LEN + 3];
  private final Runnable endOfTurn = this::endOfTurn;
  private final Runnable takeReady = this::takeReady;

  private final List<CellQueue> flushed = new ArrayList<>(); // by producers on this loop
  private final List<LoopContext> toWake = new ArrayList<>();
  private final List<OutgoingCells> unwritten = new ArrayList<>();
  private boolean turnEndScheduled;
  private boolean inTurnEnd;

  private @Nullable CellChunk free;
  private int freeChunks;

  private final MemoryAccount account;
  private int usedChunks;
  private int reportedChunks;
  private final LongSupplier nanoClock;
  private boolean clockRead; // in this turn
  private long turnNanos;

  // Stacks that other loops push onto.
  @SuppressWarnings("unused") // by VarHandle
  private volatile @Nullable CellQueue ready;

  @SuppressWarnings("unused") // by VarHandle
  private volatile @Nullable CellChunk returned;

  LoopContext(EventLoop loop, LoopRandom random, MemoryAccount account, LongSupplier nanoClock) {
    this.loop = loop;
    this.random = random;
    this.account = account;
    this.nanoClock = nanoClock;
  }

  /**
   * What the monotonic clock showed when it was first asked for in this turn. It is read once a
   * turn, neither by each cell nor only when something is written: the age of cells that wait
   * decides who ends when memory is short, and a loop whose sockets take nothing may read for
   * seconds.
   */
  long turnNanos() {
    assert loop.inEventLoop();
    if (!clockRead) {
      clockRead = true;
      turnNanos = nanoClock.getAsLong();
      scheduleEndOfTurn();
    }
    return turnNanos;
  }

  /** Random numbers that are no keys: circuit ids, the filling of cells. */
  public LoopRandom random() {
    assert loop.inEventLoop();
    return random;
  }

  /** The event loop. */
  public EventLoop loop() {
    return loop;
  }

  /** 512 bytes; holds the body that {@link CircuitHalf#onRelayCell} gets, at offset 0. */
  public byte[] scratchA() {
    assert loop.inEventLoop();
    return scratchA;
  }

  /** 512 bytes for the other end of a cipher; free between any two calls into a circuit. */
  public byte[] scratchB() {
    assert loop.inEventLoop();
    return scratchB;
  }

  /** Notes a queue whose producer, on this loop, made cells visible. */
  void flushed(CellQueue queue) {
    flushed.add(queue);
    scheduleEndOfTurn();
  }

  /** Notes a channel of this loop that has something to write. */
  void unwritten(OutgoingCells cells) {
    unwritten.add(cells);
    scheduleEndOfTurn();
  }

  private void scheduleEndOfTurn() {
    assert loop.inEventLoop();
    if (!turnEndScheduled && !inTurnEnd) {
      turnEndScheduled = true;
      loop.execute(endOfTurn);
    }
  }

  private void endOfTurn() {
    turnEndScheduled = false;
    // Writing may close a channel, whose circuits then send on others: go on until nothing is left.
    inTurnEnd = true;
    try {
      while (!flushed.isEmpty() || !unwritten.isEmpty()) {
        handOver();
        writeAll();
      }
    } finally {
      inTurnEnd = false;
      clockRead = false;
    }
    if (Math.abs(usedChunks - reportedChunks) >= REPORTED_CHUNKS) {
      report();
    }
  }

  private void report() {
    refill(); // what other loops gave back
    long chunks = (long) usedChunks - reportedChunks;
    reportedChunks = usedChunks;
    account.addCells(chunks * CellChunk.CELLS * CellChunk.CELL);
  }

  /** Tells the account how much is in use now. */
  void settle() {
    assert loop.inEventLoop();
    report();
  }

  private void handOver() {
    for (int i = 0; i < flushed.size(); i++) {
      handOver(flushed.get(i));
    }
    flushed.clear();
    wake();
  }

  /** Does at once for one queue what the end of the turn would do: it gets another producer. */
  void flushNow(CellQueue queue) {
    flushed.remove(queue);
    handOver(queue);
    wake();
  }

  private void handOver(CellQueue queue) {
    LoopContext target = queue.noLongerFlushed();
    if (target == this) {
      queue.becameReady();
    } else if (queue.arm() && target.push(queue)) {
      toWake.add(target);
    }
  }

  private void wake() {
    for (int i = 0; i < toWake.size(); i++) {
      LoopContext target = toWake.get(i);
      target.loop.execute(target.takeReady);
    }
    toWake.clear();
  }

  private void writeAll() {
    for (int i = 0; i < unwritten.size(); i++) {
      unwritten.get(i).write();
    }
    unwritten.clear();
  }

  /** Adds to the queues that other loops filled; true if the loop has to be woken by the caller. */
  private boolean push(CellQueue queue) {
    CellQueue top;
    do {
      top = (CellQueue) READY.getVolatile(this);
      queue.nextReady = top;
    } while (!READY.compareAndSet(this, top, queue));
    return top == null;
  }

  private void takeReady() {
    CellQueue top = (CellQueue) READY.getAndSet(this, null);
    CellQueue oldest = null; // reversed: the stack has the latest on top
    while (top != null) {
      CellQueue next = top.nextReady;
      top.nextReady = oldest;
      oldest = top;
      top = next;
    }
    while (oldest != null) {
      CellQueue next = oldest.nextReady;
      oldest.nextReady = null;
      oldest.disarm();
      oldest.becameReady();
      oldest = next;
    }
  }

  /** A chunk for a producer on this loop. */
  CellChunk takeChunk() {
    assert loop.inEventLoop();
    usedChunks++;
    if (free == null) {
      refill();
    }
    CellChunk chunk = free;
    if (chunk == null) {
      return new CellChunk(new byte[CellChunk.CELLS * CellChunk.CELL]);
    }
    free = chunk.next;
    chunk.next = null;
    freeChunks--;
    return chunk;
  }

  private void refill() {
    CellChunk chunk = (CellChunk) RETURNED.getAndSet(this, null);
    while (chunk != null) {
      CellChunk next = chunk.next;
      keep(chunk);
      chunk = next;
    }
  }

  private void keep(CellChunk chunk) {
    usedChunks--;
    if (freeChunks < MAX_FREE_CHUNKS) {
      chunk.next = free;
      free = chunk;
      freeChunks++;
    }
  }

  /** Takes back an empty chunk of a queue whose producer is on this loop. Threads: any. */
  void giveBack(CellChunk chunk) {
    if (loop.inEventLoop()) {
      keep(chunk);
      return;
    }
    CellChunk top;
    do {
      top = (CellChunk) RETURNED.getVolatile(this);
      chunk.next = top;
    } while (!RETURNED.compareAndSet(this, top, chunk));
  }
}
