package org.tunic.router.channel;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.CellCommand;

/**
 * The outgoing RELAY cells of one circuit on one channel: from the loop that ciphers them to the
 * loop that owns the socket.
 *
 * <p>One producer, one consumer, no lock and no allocation per cell. Cells lie in wire form in
 * chunks of eight, linked; a cell is ciphered straight into its slot and copied once, into the
 * buffer that TLS encrypts. Two counters order everything: {@code published}, released by the
 * producer's {@link #flush}, acquired by the consumer; and {@code consumed}, the other way round.
 * An emptied chunk goes back to the producer's loop. A ring was rejected: its size would have to be
 * the bound, 25 MB for a circuit that usually has three cells waiting; a queue of references was,
 * since each cell would be an object.
 *
 * <p>The consumer learns of cells through {@code armed}: set by the producer's loop when it pushes
 * the queue onto the consumer's stack of ready queues, cleared by the consumer before it reads
 * {@code published}. So a queue stands in the stack at most once, and no flush is lost.
 *
 * <p>Threads: the producer's methods on the producer's loop ({@link #array}, {@link #offset},
 * {@link #commit}, {@link #flush}, {@link #full}, {@link #size}, {@link #awaitDrain}, {@link
 * #handOver}); package-private ones on the channel's loop.
 */
public final class CellQueue {
  private static final VarHandle PUBLISHED;
  private static final VarHandle CONSUMED;
  private static final VarHandle ARMED;
  private static final VarHandle WAITING;
  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PUBLISHED = lookup.findVarHandle(CellQueue.class, "published", long.class);
      CONSUMED = lookup.findVarHandle(CellQueue.class, "consumed", long.class);
      ARMED = lookup.findVarHandle(CellQueue.class, "armed", boolean.class);
      WAITING = lookup.findVarHandle(CellQueue.class, "waiting", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int HEADER = CellChunk.CELL - CellCommand.CELL_BODY_LEN;
  private static final int IN_CHUNK = CellChunk.CELLS - 1;

  private final int circuitId;
  private final LoopContext consumer;
  private final OutgoingCells outgoing;

  /**
   * Written by the producer's loop; the consumer may see the one before, and nothing depends on it.
   */
  private volatile LoopContext producer;

  // Producer's.
  private CellChunk tail;
  private long tailEnd; // index of the first cell that the tail chunk cannot hold
  private long produced; // committed, perhaps not published
  private boolean inFlushed;
  private int lowWaterCells;
  private int boundCells;
  private long waitingSince; // when it was empty last; read by the consumer after published
  private Runnable drainListener = () -> {};

  // Consumer's.
  private CellChunk head;
  private long headEnd;
  private long taken; // plain copy of consumed
  private long publishedSeen;
  private boolean dropped;
  private long takenAtSweep = -1;

  // The place among the channel's circuits, kept by QuietestFirst.
  double recent; // cells sent lately, weighted
  long recentTick; // to which the weights refer
  int heapIndex = -1;

  // Shared.
  @SuppressWarnings("unused") // by VarHandle
  private volatile long published;

  @SuppressWarnings("unused") // by VarHandle
  private volatile long consumed;

  @SuppressWarnings("unused") // by VarHandle
  private volatile boolean armed;

  @SuppressWarnings("unused") // by VarHandle
  private volatile boolean waiting;

  /** Link of the consumer's stack of ready queues; whoever armed the queue owns it. */
  @Nullable CellQueue nextReady;

  CellQueue(
      int circuitId,
      int boundCells,
      LoopContext producer,
      LoopContext consumer,
      OutgoingCells out) {
    this.circuitId = circuitId;
    this.boundCells = boundCells;
    this.producer = producer;
    this.consumer = consumer;
    this.outgoing = out;
    CellChunk first = new CellChunk(null);
    this.tail = first;
    this.head = first;
    this.tailEnd = CellChunk.CELLS;
    this.headEnd = CellChunk.CELLS;
  }

  /** Cells committed and not yet taken by the channel. */
  public int size() {
    return (int) (produced - (long) CONSUMED.getAcquire(this));
  }

  /** Whether the bound is reached: commit nothing more, destroy the circuit. */
  public boolean full() {
    return size() >= boundCells;
  }

  /**
   * The array with the slot of the next cell: 509 bytes of body from {@link #offset()}. Ask for the
   * array first; the slot stays the same until {@link #commit}.
   */
  public byte[] array() {
    if (produced == tailEnd) {
      CellChunk next = producer.takeChunk();
      next.sinceNanos = producer.turnNanos();
      tail.next = next;
      tail = next;
      tailEnd += CellChunk.CELLS;
    }
    byte[] cells = tail.cells;
    if (cells == null) { // the first use, or the first after a time without cells
      cells = Objects.requireNonNull(producer.takeChunk().cells);
      tail.cells = cells;
    }
    return cells;
  }

  /** Where in {@link #array()} the body of the next cell begins. */
  public int offset() {
    return slot() + HEADER;
  }

  private int slot() {
    return ((int) produced & IN_CHUNK) * CellChunk.CELL;
  }

  /**
   * Appends the cell whose body stands in the slot. Without this call the slot is simply used
   * again.
   *
   * @param command 3 for RELAY, 9 for RELAY_EARLY
   */
  public void commit(int command) {
    assert producer.loop().inEventLoop();
    byte[] cells = array();
    int slot = slot();
    U32.set(cells, slot, circuitId);
    cells[slot + 4] = (byte) command;
    produced++;
  }

  /**
   * Makes the committed cells visible to the channel and wakes its loop, once for a whole batch.
   */
  public void flush() {
    long before = (long) PUBLISHED.get(this);
    if (produced == before) {
      return;
    }
    if ((long) CONSUMED.getAcquire(this) == before) {
      waitingSince = producer.turnNanos(); // it was empty
    }
    PUBLISHED.setRelease(this, produced);
    if (!inFlushed) {
      inFlushed = true;
      producer.flushed(this);
    }
  }

  /**
   * Sets what {@link #awaitDrain} reports to.
   *
   * @param lowWater cells; at most this many are left when the listener runs
   * @param listener runs on the producer's loop
   */
  public void onDrained(int lowWater, Runnable listener) {
    assert producer.loop().inEventLoop();
    this.lowWaterCells = lowWater;
    this.drainListener = listener;
  }

  /**
   * Asks for one call of the listener once the queue has drained to the low-water mark; at once (as
   * a task of the loop) if it has already.
   */
  public void awaitDrain() {
    assert producer.loop().inEventLoop();
    WAITING.setVolatile(this, true);
    drainedIfWaiting();
  }

  /** Either side, after its own volatile write: whoever resets the flag calls the listener. */
  private void drainedIfWaiting() {
    if ((boolean) WAITING.getVolatile(this)
        && (long) PUBLISHED.getVolatile(this) - (long) CONSUMED.getVolatile(this) <= lowWaterCells
        && WAITING.compareAndSet(this, true, false)) {
      producer.loop().execute(this::drained);
    }
  }

  private void drained() {
    LoopContext now = producer;
    if (now.loop().inEventLoop()) {
      drainListener.run();
    } else {
      now.loop().execute(this::drained); // handed over since the consumer looked
    }
  }

  /**
   * Makes another loop the producer. From here on the caller's loop leaves the queue alone; the new
   * one begins with a task that this one submits afterwards.
   *
   * @param next may be the same
   */
  public void handOver(LoopContext next) {
    assert producer.loop().inEventLoop();
    flush();
    if (inFlushed) {
      producer.flushNow(this);
    }
    producer = next;
  }

  /** Producer's loop, end of turn: may be noted as flushed again. Returns where the cells go. */
  LoopContext noLongerFlushed() {
    inFlushed = false;
    return consumer;
  }

  /** Producer's loop: true if the queue does not stand in the consumer's stack yet. */
  boolean arm() {
    return ARMED.compareAndSet(this, false, true);
  }

  /** Consumer's loop, before it looks for cells. */
  void disarm() {
    ARMED.setVolatile(this, false);
  }

  /** Consumer's loop: takes part in the channel's turns if there are cells. */
  void becameReady() {
    publishedSeen = (long) PUBLISHED.getVolatile(this);
    if (dropped) {
      discard();
    } else if (heapIndex < 0 && publishedSeen != taken) {
      outgoing.join(this);
    }
  }

  /** Consumer's loop: whether a cell can be taken. */
  boolean hasCells() {
    if (publishedSeen == taken) {
      publishedSeen = (long) PUBLISHED.getAcquire(this);
    }
    return !dropped && publishedSeen != taken;
  }

  /** Consumer's loop: moves up to {@code max} cells into {@code out}; returns how many. */
  int take(ByteBuf out, int max) {
    if (!hasCells()) {
      return 0;
    }
    int count = (int) Math.min(max, publishedSeen - taken);
    for (int left = count; left > 0; ) {
      if (taken == headEnd) {
        advance();
      }
      int from = (int) taken & IN_CHUNK;
      int run = Math.min(left, CellChunk.CELLS - from);
      byte[] cells = Objects.requireNonNull(head.cells); // published cells have an array
      out.writeBytes(cells, from * CellChunk.CELL, run * CellChunk.CELL);
      taken += run;
      left -= run;
    }
    CONSUMED.setRelease(this, taken);
    if ((boolean) WAITING.getOpaque(this)) {
      drainedIfWaiting();
    }
    return count;
  }

  private void advance() {
    CellChunk empty = head;
    head = Objects.requireNonNull(empty.next); // published cells have a chunk
    headEnd += CellChunk.CELLS;
    empty.next = null;
    if (empty.cells != null) {
      producer.giveBack(empty);
    }
  }

  /** Consumer's loop, when nothing is left: wakes a producer that waits for room. */
  void afterTaking() {
    VarHandle.fullFence(); // consumed is written by release only; pairs with awaitDrain
    drainedIfWaiting();
  }

  /** Consumer's loop: the circuit is gone, cells not yet taken are forgotten. */
  void drop() {
    dropped = true;
    outgoing.leave(this);
    publishedSeen = (long) PUBLISHED.getAcquire(this);
    discard();
  }

  private void discard() {
    while (publishedSeen > headEnd) {
      advance();
    }
    taken = publishedSeen;
    CONSUMED.setRelease(this, taken);
    if (!producer.loop().isShuttingDown()) {
      producer.loop().execute(this::trim);
    }
  }

  /** Consumer's loop: bytes of cells that wait. */
  long waitingBytes() {
    if (dropped) {
      return 0;
    }
    publishedSeen = (long) PUBLISHED.getAcquire(this);
    return (publishedSeen - taken) * CellChunk.CELL;
  }

  /**
   * Consumer's loop: since when the first cell waits: not before the queue was empty, nor before
   * its chunk was begun.
   */
  long waitingSince() {
    CellChunk first = head;
    if (taken == headEnd && first.next != null) {
      first = first.next;
    }
    return first.sinceNanos - waitingSince > 0 ? first.sinceNanos : waitingSince;
  }

  /**
   * Consumer's loop, from time to time: if nothing moved since the last call, asks the producer to
   * give the memory of the last chunk back.
   */
  void sweep() {
    boolean idle = taken == takenAtSweep && !hasCells();
    takenAtSweep = taken;
    if (idle && !dropped && head.cells != null) {
      producer.loop().execute(this::trim);
    }
  }

  private void trim() {
    LoopContext now = producer;
    if (!now.loop().inEventLoop()) { // handed over meanwhile
      if (!now.loop().isShuttingDown()) {
        now.loop().execute(this::trim);
      }
      return;
    }
    byte[] cells = tail.cells;
    if (cells != null && produced == (long) CONSUMED.getAcquire(this)) {
      tail.cells = null;
      producer.giveBack(new CellChunk(cells));
    }
  }

  /** The circuit id, for the channel. */
  int circuitId() {
    return circuitId;
  }
}
