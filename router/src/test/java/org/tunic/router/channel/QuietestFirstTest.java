package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;
import org.tunic.testing.SeededRandom;

/** In which order the circuits of a channel send, on a clock of the test's own. */
class QuietestFirstTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final NodeLimits limits = new NodeLimits(QueueRules.bounded(100_000));
  private final ChannelTest.RecordingHalf received = new ChannelTest.RecordingHalf();
  private final InMemoryLink link =
      InMemoryLink.pumped(
          new InMemoryLink.End(
              null,
              new ChannelSettings(null, new CellCounters(), limits, nanos::get),
              new LoopContexts(new SeededRandom(1), nanos::get)),
          InMemoryLink.End.of(null, (channel, id, create) -> channel.attach(id, received)));
  private final Channel channel = link.initiator();

  @AfterEach
  void close() {
    link.close();
  }

  private CellQueue open() {
    int id = channel.newCircuitId();
    channel.attach(id, new ChannelTest.RecordingHalf());
    channel.send(id, new CreateFast(Bytes.copyOf(new byte[20])));
    CellQueue queue = channel.openQueue(id);
    link.pump();
    return queue;
  }

  private void fill(CellQueue queue, int mark, int cells) {
    for (int i = 0; i < cells; i++) {
      ChannelTest.fill(queue, mark);
    }
    queue.flush();
  }

  private void writable(boolean writable) {
    ((EmbeddedChannel) link.initiatorSocket())
        .unsafe()
        .outboundBuffer()
        .setUserDefinedWritability(1, writable);
  }

  /** The marks of the cells that came, in order. */
  private List<Integer> sent() {
    writable(true);
    link.pump();
    return received.bodies.stream().map(body -> body.at(0)).toList();
  }

  @Test
  void quietCircuit_passesTheBacklogOfABusyOne() {
    CellQueue busy = open();
    CellQueue quiet = open();
    fill(busy, 1, 500);
    link.pump();
    received.bodies.clear();
    writable(false);
    fill(busy, 1, 500);
    fill(quiet, 2, 3);
    List<Integer> sent = sent();
    assertEquals(503, sent.size());
    assertEquals(List.of(2, 2, 2), sent.subList(0, 3));
  }

  @Test
  void busyCircuits_shareTheChannelEqually() {
    CellQueue[] busy = new CellQueue[8];
    for (int i = 0; i < busy.length; i++) {
      busy[i] = open();
    }
    writable(false);
    for (int i = 0; i < busy.length; i++) {
      fill(busy[i], i, 200);
    }
    List<Integer> sent = sent();
    int[] count = new int[busy.length];
    for (int mark : sent.subList(0, 800)) {
      count[mark]++;
    }
    for (int i = 0; i < busy.length; i++) {
      assertEquals(100, count[i], 1, "circuit " + i);
    }
  }

  @Test
  void loadOfLongAgo_isForgotten() {
    CellQueue once = open();
    CellQueue lately = open();
    fill(once, 1, 1000);
    link.pump();
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(10)); // twenty half-lives
    fill(lately, 2, 10);
    link.pump();
    received.bodies.clear();
    writable(false);
    fill(lately, 2, 5);
    fill(once, 1, 5);
    assertEquals(List.of(1, 1, 1, 1, 1, 2, 2, 2, 2, 2), sent());
  }

  @Test
  void shortHalfLife_forgetsSooner() {
    limits.use(
        QueueRules.of(
            org.tunic.directory.view.ConsensusParameters.DEFAULTS,
            java.util.OptionalDouble.of(0.001)));
    loadOfTheLastTick(List.of(1, 1, 1, 2, 2, 2));
  }

  @Test
  void defaultHalfLife_remembersTheLastTick() {
    loadOfTheLastTick(List.of(2, 2, 2, 1, 1, 1));
  }

  /** A thousand cells of one circuit, eleven seconds later ten of the other, then three of each. */
  private void loadOfTheLastTick(List<Integer> expected) {
    CellQueue once = open();
    CellQueue lately = open();
    fill(once, 1, 1000);
    link.pump();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
    fill(lately, 2, 10);
    link.pump();
    received.bodies.clear();
    writable(false);
    fill(once, 1, 3);
    fill(lately, 2, 3);
    assertEquals(expected, sent());
  }

  @Test
  void circuitsThatComeAndGo_keepTheHeapInOrder() {
    long seed = 42;
    Random random = new Random(seed);
    QuietestFirst turns = new QuietestFirst(limits, nanos.get());
    List<CellQueue> queues = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      queues.add(open());
    }
    for (int step = 0; step < 20_000; step++) {
      CellQueue queue = queues.get(random.nextInt(queues.size()));
      nanos.addAndGet(random.nextInt(50_000_000));
      turns.lookAtClock(nanos.get());
      if (queue.heapIndex < 0) {
        turns.add(queue);
      } else if (random.nextBoolean()) {
        turns.remove(queue);
      } else if (random.nextBoolean()) {
        turns.sent(turns.run(31));
      } else {
        turns.sentLast(1);
      }
      double least =
          queues.stream()
              .filter(q -> q.heapIndex >= 0)
              .mapToDouble(q -> q.recent)
              .min()
              .orElse(Double.NaN);
      if (!turns.isEmpty()) {
        assertEquals(least, turns.first().recent, "seed " + seed + " step " + step);
      }
      assertEquals(
          queues.stream().filter(q -> q.heapIndex >= 0).count(), turns.size(), "step " + step);
    }
    turns.clear();
    assertTrue(nanos.get() > TimeUnit.SECONDS.toNanos(100));
  }
}
