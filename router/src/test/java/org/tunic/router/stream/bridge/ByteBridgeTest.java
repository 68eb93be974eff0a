package org.tunic.router.stream.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two embedded channels with hands on their writability. */
final class ByteBridgeTest {
  private static final Duration STALL = Duration.ofSeconds(30);
  private static final int READ = ByteBridge.MAX_READ_BYTES;

  /** A channel whose peer takes bytes only when told to. */
  private static final class Peer extends EmbeddedChannel {
    boolean stalled;
    boolean takeOne;

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
      if (!stalled) {
        super.doWrite(in);
      } else if (takeOne) {
        takeOne = false;
        handleOutboundMessage(((ByteBuf) in.current()).retain());
        in.remove();
      }
    }

    void resume() {
      stalled = false;
      flush();
      runPendingTasks();
    }

    long waiting() {
      ChannelOutboundBuffer out = unsafe().outboundBuffer();
      return out == null ? 0 : out.totalPendingWriteBytes();
    }

    int taken() {
      int bytes = 0;
      for (ByteBuf next; (next = readOutbound()) != null; ) {
        bytes += next.readableBytes();
        next.release();
      }
      return bytes;
    }
  }

  private final Peer one = new Peer();
  private final Peer other = new Peer();

  private void join() {
    one.config().setAutoRead(false);
    other.config().setAutoRead(false);
    ByteBridge.join(one, other, STALL);
    run();
  }

  private void run() {
    one.runPendingTasks();
    other.runPendingTasks();
  }

  @AfterEach
  void release() {
    one.finishAndReleaseAll();
    other.finishAndReleaseAll();
  }

  private static ByteBuf bytes(int length) {
    return Unpooled.wrappedBuffer(new byte[length]);
  }

  @Test
  void join_switchesReadingOn() {
    join();
    assertTrue(one.config().isAutoRead());
    assertTrue(other.config().isAutoRead());
  }

  @Test
  void read_isFlushedOnceItIsComplete() {
    join();
    one.pipeline().fireChannelRead(bytes(10));
    assertEquals(0, other.taken());
    one.pipeline().fireChannelReadComplete();
    assertEquals(10, other.taken());
  }

  @Test
  void stalledPeer_stopsReadingWithinTheBound() {
    join();
    other.stalled = true;
    int fed = 0;
    while (one.config().isAutoRead() && fed < 64 * 1024 * 1024) {
      one.writeInbound(bytes(READ));
      fed += READ;
    }
    assertTrue(fed <= ByteBridge.HIGH_WATER_BYTES + READ, "took " + fed);
    assertTrue(other.waiting() <= ByteBridge.HIGH_WATER_BYTES + 2 * READ);
    assertTrue(other.config().isAutoRead(), "the other direction goes on");
  }

  @Test
  void stalledPeer_thatGoesOn_isReadForAgain() {
    join();
    other.stalled = true;
    int fed = 0;
    while (one.config().isAutoRead()) {
      one.writeInbound(bytes(READ));
      fed += READ;
    }
    other.resume();
    assertTrue(one.config().isAutoRead());
    assertEquals(fed, other.taken());
  }

  @Test
  void endOfOneSide_deliversThenClosesBoth() {
    join();
    other.stalled = true;
    one.writeInbound(bytes(100));
    one.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    run();
    assertTrue(other.isOpen(), "what was read is still to be written");
    other.resume();
    run();
    assertEquals(100, other.taken());
    assertFalse(other.isOpen());
    run();
    assertFalse(one.isOpen());
  }

  @Test
  void endOfOneSide_leavesItWhatIsOnItsWayThere() {
    join();
    one.stalled = true;
    other.writeInbound(bytes(100));
    one.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    run();
    assertFalse(other.isOpen());
    assertTrue(one.isOpen());
    one.resume();
    run();
    assertEquals(100, one.taken());
    assertFalse(one.isOpen());
  }

  @Test
  void closedSide_closesTheOther() {
    join();
    one.close();
    run();
    assertFalse(other.isOpen());
  }

  @Test
  void resetSide_closesTheOtherAtOnce() {
    join();
    other.stalled = true;
    one.writeInbound(bytes(100));
    one.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    run();
    assertFalse(other.isOpen());
    assertFalse(one.isOpen());
  }

  @Test
  void sideClosedBeforeTheJoin_closesTheOther() {
    one.close();
    join();
    run();
    assertFalse(other.isOpen());
  }

  @Test
  void peerThatTakesNothingAfterTheEnd_isCutOff() {
    join();
    other.freezeTime();
    other.stalled = true;
    one.writeInbound(bytes(100));
    one.close();
    run();
    other.advanceTimeBy(29, TimeUnit.SECONDS);
    other.runScheduledPendingTasks();
    assertTrue(other.isOpen());
    other.advanceTimeBy(2, TimeUnit.SECONDS);
    other.runScheduledPendingTasks();
    other.runPendingTasks();
    assertFalse(other.isOpen());
  }

  @Test
  void peerThatTakesABitAfterTheEnd_isWaitedFor() {
    join();
    other.freezeTime();
    other.stalled = true;
    one.writeInbound(bytes(100));
    one.writeInbound(bytes(100));
    one.close();
    run();
    other.takeOne = true;
    other.flush();
    other.advanceTimeBy(31, TimeUnit.SECONDS);
    other.runScheduledPendingTasks();
    assertTrue(other.isOpen());
    other.resume();
    assertEquals(200, other.taken());
    assertFalse(other.isOpen());
  }
}
