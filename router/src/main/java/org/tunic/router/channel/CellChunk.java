package org.tunic.router.channel;

import org.jspecify.annotations.Nullable;

/**
 * Room for eight cells of a queue, in wire form.
 *
 * <p>Threads: whoever holds it; handed over with the indices of {@link CellQueue} and the stacks of
 * {@link LoopContext}.
 */
final class CellChunk {
  /** Cells in a chunk. */
  static final int CELLS = 8;

  /** Bytes of a cell: circuit id, command, body. */
  static final int CELL = 514;

  /** Null when the array went back to the pool while the queue was idle. */
  byte @Nullable [] cells;

  /** When a queue began to fill it, on the monotonic clock, to a turn of its loop. */
  long sinceNanos;

  /** The next chunk of the queue, or of the stack of free chunks. */
  @Nullable CellChunk next;

  CellChunk(byte @Nullable [] cells) {
    this.cells = cells;
  }
}
