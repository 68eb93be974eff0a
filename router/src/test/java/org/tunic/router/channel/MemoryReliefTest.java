package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.MemoryAccount;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;
import org.tunic.testing.SeededRandom;

/** Which circuits end when a peer does not read. */
class MemoryReliefTest {
  private static final int CELLS = 500;
  private static final long BYTES = CELLS * 514L;

  private final AtomicLong nanos = new AtomicLong(1);
  private final LoopContexts contexts = new LoopContexts(new SeededRandom(1), nanos::get);
  private final MemoryAccount account = contexts.memory();
  private final LimitCounters counters = new LimitCounters();
  private final InMemoryLink link =
      InMemoryLink.pumped(
          new InMemoryLink.End(
              null,
              new ChannelSettings(
                  null,
                  new CellCounters(),
                  new NodeLimits(counters, QueueRules.bounded(100_000), null, () -> 0),
                  nanos::get),
              contexts),
          InMemoryLink.End.of(
              null, (channel, id, create) -> channel.attach(id, new ChannelTest.RecordingHalf())));
  private final Channel channel = link.initiator();
  private final List<ChannelTest.RecordingHalf> halves = new ArrayList<>();

  @BeforeEach
  void defend() {
    account.whenFull(new MemoryRelief(() -> List.of(channel), contexts, counters, nanos::get));
  }

  @AfterEach
  void close() {
    link.close();
  }

  private CellQueue open() {
    ChannelTest.RecordingHalf half = new ChannelTest.RecordingHalf();
    halves.add(half);
    int id = channel.newCircuitId();
    channel.attach(id, half);
    channel.send(id, new CreateFast(Bytes.copyOf(new byte[20])));
    link.pump();
    return channel.openQueue(id);
  }

  private void fill(CellQueue queue, int cells) {
    for (int i = 0; i < cells; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    link.pump();
  }

  private void peerDoesNotRead() {
    ((EmbeddedChannel) link.initiatorSocket())
        .unsafe()
        .outboundBuffer()
        .setUserDefinedWritability(1, false);
  }

  private void tenSecondsPass() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
  }

  private List<List<DestroyReason>> ends() {
    return halves.stream().map(half -> half.closed).toList();
  }

  /** Three circuits that a peer does not read; the first since long, the last since now. */
  private void threeCircuits() {
    CellQueue first = open();
    CellQueue second = open();
    CellQueue third = open();
    peerDoesNotRead();
    fill(second, CELLS);
    tenSecondsPass();
    fill(third, CELLS);
    tenSecondsPass();
    fill(first, CELLS);
  }

  @Test
  void limitReached_endsTheCircuitWhoseCellsWaitLongest() {
    account.limit(3 * BYTES - 64 * 8 * 514);
    threeCircuits();
    assertEquals(List.of(List.of(), List.of(DestroyReason.RESOURCELIMIT), List.of()), ends());
    assertEquals(BYTES, counters.oomBytes());
    assertTrue(account.used() < account.limit(), "used " + account.used());
    assertEquals(2, channel.circuitCount());
  }

  @Test
  void farAboveTheLimit_endsAsManyAsItTakes() {
    threeCircuits();
    account.limit(BYTES);
    account.check();
    link.pump();
    assertEquals(
        List.of(
            List.of(), List.of(DestroyReason.RESOURCELIMIT), List.of(DestroyReason.RESOURCELIMIT)),
        ends().subList(0, 3).stream().toList());
    assertEquals(2 * BYTES, counters.oomBytes());
  }

  @Test
  void withoutLimit_nobodyEnds() {
    threeCircuits();
    assertEquals(List.of(List.of(), List.of(), List.of()), ends());
    assertEquals(0, counters.oomBytes());
  }

  @Test
  void quietCircuit_isAsOldAsItsCellAndNotAsItsMemory() {
    CellQueue quiet = open();
    CellQueue busy = open();
    fill(quiet, 1); // read at once; the chunk stays
    tenSecondsPass();
    peerDoesNotRead();
    fill(busy, CELLS);
    tenSecondsPass();
    fill(quiet, 1);
    account.limit(BYTES / 2);
    account.check();
    link.pump();
    assertEquals(List.of(List.of(), List.of(DestroyReason.RESOURCELIMIT)), ends());
  }

  /** The loop wrote nothing meanwhile: its sockets took nothing, or only others had cells. */
  @Test
  void cellsAfterAQuietTime_areAsOldAsTheirComing() {
    CellQueue unread = open();
    CellQueue fresh = open();
    peerDoesNotRead();
    fill(unread, CELLS);
    tenSecondsPass();
    fill(fresh, 2 * CELLS);
    account.limit(3 * BYTES);
    account.check();
    link.pump();
    assertEquals(List.of(List.of(DestroyReason.RESOURCELIMIT), List.of()), ends());
  }

  @Test
  void cellsBehindOlderOnes_areAsOldAsTheirComing() {
    CellQueue queue = open();
    peerDoesNotRead();
    fill(queue, CellChunk.CELLS);
    assertEquals(nanos.get(), queue.waitingSince());
    tenSecondsPass();
    long came = nanos.get();
    fill(queue, CellChunk.CELLS);
    tenSecondsPass();
    ByteBuf taken = Unpooled.buffer();
    assertEquals(CellChunk.CELLS, queue.take(taken, CellChunk.CELLS));
    assertEquals(came, queue.waitingSince());
  }

  @Test
  void circuitWhoseStreamsNobodyReads_endsBeforeOnesWithYoungerCells() {
    open(); // has no cells that wait
    CellQueue busy = open();
    ChannelTest.RecordingHalf unread = halves.getFirst();
    unread.held = BYTES;
    unread.heldSince = nanos.get();
    tenSecondsPass();
    peerDoesNotRead();
    fill(busy, 2 * CELLS);
    account.limit(BYTES * 3 / 2);
    account.check();
    link.pump();
    assertEquals(List.of(List.of(DestroyReason.RESOURCELIMIT), List.of()), ends());
  }

  @Test
  void circuitsThatEnd_leaveNothingInTheAccount() {
    List<CellQueue> queues = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      queues.add(open());
    }
    for (CellQueue queue : queues) {
      fill(queue, 5);
    }
    contexts.settle(() -> {});
    link.pump();
    assertEquals(300L * 8 * 514, account.cells());
    channel.close(DestroyReason.FINISHED);
    link.pump();
    contexts.settle(() -> {});
    link.pump();
    assertEquals(0, account.cells());
  }
}
