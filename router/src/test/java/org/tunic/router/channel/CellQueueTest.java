package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.CreateFast;

/** Bounds, draining and memory of a queue on one deterministic link. */
class CellQueueTest {
  private final ChannelTest.RecordingHalf received = new ChannelTest.RecordingHalf();
  private final InMemoryLink.End end = InMemoryLink.End.of(null, null);
  private final InMemoryLink link =
      InMemoryLink.pumped(
          end, InMemoryLink.End.of(null, (channel, id, create) -> channel.attach(id, received)));
  private final Channel channel = link.initiator();
  private CellQueue queue;
  private int id;

  @BeforeEach
  void open() {
    id = channel.newCircuitId();
    channel.attach(id, new ChannelTest.RecordingHalf());
    channel.send(id, new CreateFast(Bytes.copyOf(new byte[20])));
    queue = channel.openQueue(id);
    link.pump();
  }

  @AfterEach
  void close() {
    link.close();
  }

  private EmbeddedChannel socket() {
    return (EmbeddedChannel) link.initiatorSocket();
  }

  private void writable(boolean writable) {
    socket().unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
  }

  @Test
  void full_isReachedAtTheBound() {
    for (int i = 0; i < end.settings().limits().queues().maxCells(); i++) {
      assertFalse(queue.full());
      ChannelTest.fill(queue, i);
    }
    assertTrue(queue.full());
    queue.flush();
    link.pump();
    assertFalse(queue.full());
    assertEquals(end.settings().limits().queues().maxCells(), received.bodies.size());
  }

  @Test
  void socketThatIsNotWritable_leavesCellsInTheQueue() {
    writable(false);
    for (int i = 0; i < 100; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    link.pump();
    assertEquals(100, queue.size());
    writable(true);
    link.pump();
    assertEquals(0, queue.size());
    assertEquals(100, received.bodies.size());
  }

  @Test
  void cells_leaveInBuffersOf31AndInOneFlush() {
    int[] flushes = {0};
    socket()
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void flush(ChannelHandlerContext ctx) {
                flushes[0]++;
                ctx.flush();
              }
            });
    for (int i = 0; i < 100; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    socket().runPendingTasks();
    List<Integer> sizes = new ArrayList<>();
    for (ByteBuf buffer = socket().readOutbound(); buffer != null; ) {
      sizes.add(buffer.readableBytes());
      buffer.release();
      buffer = socket().readOutbound();
    }
    assertEquals(List.of(31 * 514, 31 * 514, 31 * 514, 7 * 514), sizes);
    assertEquals(1, flushes[0]);
  }

  @Test
  void awaitDrain_callsOnceBelowTheMark() {
    List<Integer> sizes = new ArrayList<>();
    queue.onDrained(10, () -> sizes.add(queue.size()));
    writable(false);
    for (int i = 0; i < 100; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    queue.awaitDrain();
    link.pump();
    assertEquals(List.of(), sizes);
    writable(true);
    link.pump();
    assertEquals(1, sizes.size());
    assertTrue(sizes.getFirst() <= 10);
    ChannelTest.fill(queue, 1);
    queue.flush();
    link.pump();
    assertEquals(1, sizes.size(), "asked once, told once");
  }

  @Test
  void awaitDrain_ofAnEmptyQueue_callsSoon() {
    List<Integer> calls = new ArrayList<>();
    queue.onDrained(0, () -> calls.add(queue.size()));
    queue.awaitDrain();
    assertEquals(List.of(), calls, "not within the call");
    link.pump();
    assertEquals(List.of(0), calls);
  }

  @Test
  void sweep_ofAnIdleQueue_givesTheChunkBackAndTheQueueGoesOn() {
    for (int round = 0; round < 20; round++) {
      byte[] before = queue.array();
      ChannelTest.fill(queue, round);
      queue.flush();
      link.pump();
      channel.sweep(); // notes the state
      channel.sweep(); // nothing moved
      link.pump();
      byte[] pooled = channel.context().takeChunk().cells;
      assertSame(before, pooled, "round " + round);
    }
    assertEquals(20, received.bodies.size());
    assertEquals(19, received.bodies.getLast().at(7));
  }

  @Test
  void emptiedChunks_areUsedAgain() {
    Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 8; i++) {
        ChannelTest.fill(queue, i);
      }
      arrays.add(queue.array());
      queue.flush();
      link.pump();
    }
    assertEquals(800, received.bodies.size());
    assertTrue(arrays.size() <= 3, () -> arrays.size() + " chunks for 100 rounds");
  }

  @Test
  void cellsOfAQueueWhoseCircuitIsGone_areForgotten() {
    writable(false);
    for (int i = 0; i < 30; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    link.pump();
    channel.detach(id);
    assertEquals(0, queue.size());
    writable(true);
    for (int i = 0; i < 30; i++) {
      ChannelTest.fill(queue, i);
    }
    queue.flush();
    link.pump();
    assertEquals(0, queue.size());
    assertEquals(List.of(), received.bodies);
  }
}
