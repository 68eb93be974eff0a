package org.tunic.bench.cell;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;

/**
 * Cells out of TLS records of 31 cells each, cut where the cells end, and 200 bytes later, so that
 * each record begins inside a cell. The figure is for one cell.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CellFramerBench {
  private static final int CELLS = 31;
  private static final int RECORD_BYTES = CELLS * CellFramer.FIXED_CELL;
  private static final int SHIFT = 200;
  private static final int RELAY = 3;

  private final Counter aligned = new Counter();
  private final Counter shifted = new Counter();
  private final EmbeddedChannel alignedSocket = socket(aligned);
  private final EmbeddedChannel shiftedSocket = socket(shifted);
  private final ByteBuf records = Unpooled.directBuffer(2 * RECORD_BYTES);

  /** Two records of relay cells, and a socket that has had the first bytes of a cell already. */
  public CellFramerBench() {
    for (int i = 0; i < 2 * CELLS; i++) {
      records.writeInt(i | 0x8000_0000).writeByte(RELAY).writeZero(CellFramer.FIXED_CELL - 5);
    }
    shiftedSocket.writeInbound(records.retainedSlice(0, SHIFT));
  }

  private static EmbeddedChannel socket(CellSink sink) {
    CellFramer framer = new CellFramer();
    framer.receive(sink);
    framer.useWideCircuitIds();
    framer.open(sink);
    return new EmbeddedChannel(framer);
  }

  @Benchmark
  @OperationsPerInvocation(CELLS)
  public int aligned() {
    alignedSocket.writeInbound(records.retainedSlice(0, RECORD_BYTES));
    return aligned.cells;
  }

  @Benchmark
  @OperationsPerInvocation(CELLS)
  public int shifted() {
    shiftedSocket.writeInbound(records.retainedSlice(SHIFT, RECORD_BYTES));
    return shifted.cells;
  }

  /** A framer that delivered nothing would be fast. */
  @TearDown
  public void check() {
    if (aligned.cells + shifted.cells < CELLS || aligned.broken || shifted.broken) {
      throw new IllegalStateException("the framer has not cut the records into cells");
    }
    alignedSocket.finishAndReleaseAll();
    shiftedSocket.finishAndReleaseAll();
    records.release();
  }

  private static final class Counter implements CellSink {
    private int cells;
    private boolean broken;

    @Override
    public void onCell(
        int circuitId, int command, ByteBuf in, int cellIndex, int headerLength, int bodyLength) {
      cells++;
      broken |= command != RELAY;
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritabilityChanged() {}

    @Override
    public void onViolation(ChannelViolation violation) {
      broken = true;
    }

    @Override
    public void onClosed() {}
  }
}
