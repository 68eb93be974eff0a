package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.DestroyReason;
import org.tunic.testing.SeededRandom;

/**
 * Queues between real threads: producers that change, several circuits, small bounds. Each cell
 * carries its number; none may be lost, doubled, torn or out of order.
 */
class CellQueueStressTest {
  private static final int CELLS = 15_000;
  private static final int CIRCUITS = 3;
  private static final int BOUND = 300;

  private final EventLoopGroup loops = InMemoryLink.loops(2);
  private final EventLoop[] producers = {new DefaultEventLoop(), new DefaultEventLoop()};

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    for (EventLoop producer : producers) {
      producer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @RepeatedTest(2)
  void cells_betweenThreads_arriveOnceInOrder(RepetitionInfo repetition) throws Exception {
    LoopContexts contexts = new LoopContexts(new SeededRandom(1), System::nanoTime);
    CompletableFuture<?>[] checked = new CompletableFuture<?>[CIRCUITS];
    InMemoryLink.End consumerEnd =
        new InMemoryLink.End(
            null, new ChannelSettings(null, new CellCounters(), BOUND, System::nanoTime), contexts);
    Checker[] checkers = new Checker[CIRCUITS];
    for (int i = 0; i < CIRCUITS; i++) {
      checkers[i] = new Checker();
      checked[i] = checkers[i].done;
    }
    int[] next = {0};
    InMemoryLink.End receiverEnd =
        new InMemoryLink.End(
            null,
            new ChannelSettings(
                (channel, id, create) -> channel.attach(id, checkers[next[0]++]),
                new CellCounters(),
                BOUND,
                System::nanoTime),
            contexts);
    try (InMemoryLink link =
        InMemoryLink.onLoops(loops.next(), consumerEnd, loops.next(), receiverEnd)) {
      Channel channel = link.initiator();
      for (int i = 0; i < CIRCUITS; i++) {
        SeededRandom random = new SeededRandom(100L * repetition.getCurrentRepetition() + i);
        LoopContext first = contexts.of(producers[i % 2]);
        LoopContext second = i == 2 ? channel.context() : contexts.of(producers[(i + 1) % 2]);
        CompletableFuture<CellQueue> opened = new CompletableFuture<>();
        channel
            .loop()
            .execute(
                () -> {
                  int id = channel.newCircuitId();
                  assertTrue(channel.attach(id, new ChannelTest.RecordingHalf()));
                  channel.send(id, new CreateFast(Bytes.copyOf(new byte[20])));
                  opened.complete(channel.openQueue(id, first));
                });
        Producer producer = new Producer(opened.get(10, TimeUnit.SECONDS), random, first, second);
        first.loop().execute(producer::begin);
      }
      CompletableFuture.allOf(checked).get(60, TimeUnit.SECONDS);
    }
  }

  /** Fills a queue in bursts; changes loops now and then. */
  private static final class Producer {
    private final CellQueue queue;
    private final SeededRandom random;
    private LoopContext mine;
    private LoopContext other;
    private int sent;

    Producer(CellQueue queue, SeededRandom random, LoopContext mine, LoopContext other) {
      this.queue = queue;
      this.random = random;
      this.mine = mine;
      this.other = other;
    }

    void begin() {
      queue.onDrained(BOUND / 3, this::produce);
      produce();
    }

    private void produce() {
      assertTrue(mine.loop().inEventLoop());
      int burst = random.nextInt(1, 200);
      while (burst-- > 0 && sent < CELLS && !queue.full()) {
        byte[] cells = queue.array();
        int at = queue.offset();
        for (int i = 0; i < 509; i++) {
          cells[at + i] = (byte) (sent >>> (8 * (i & 3)));
        }
        if (random.nextInt(50) != 0) { // sometimes a cell is thrown away
          queue.commit(3);
          sent++;
        }
      }
      queue.flush();
      if (sent == CELLS) {
        return;
      }
      if (random.nextInt(20) == 0) {
        queue.handOver(other);
        LoopContext before = mine;
        mine = other;
        other = before;
        mine.loop().execute(this::goOn);
      } else {
        goOn();
      }
    }

    private void goOn() {
      if (queue.full() || random.nextInt(4) == 0) {
        queue.awaitDrain();
      } else {
        mine.loop().execute(this::produce);
      }
    }
  }

  /** Expects the numbers in order. */
  private static final class Checker implements CircuitHalf {
    final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private int expected;

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {
      try {
        for (int i = 0; i < 509; i++) {
          if (cell[bodyOffset + i] != (byte) (expected >>> (8 * (i & 3)))) {
            throw new AssertionError("cell " + expected + " differs at byte " + i);
          }
        }
        if (++expected == CELLS) {
          done.complete(true);
        }
      } catch (AssertionError e) {
        done.completeExceptionally(e);
      }
    }

    @Override
    public void onMessage(ChannelMessage message) {}

    @Override
    public void onBatchEnd() {}

    @Override
    public void onChannelClosed(DestroyReason why) {
      done.completeExceptionally(new AssertionError("closed: " + why));
    }
  }
}
