package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.cell.Padding;

class ChannelTest {
  private static final Create2 CREATE = new Create2(HandshakeType.NTOR, Bytes.copyOf(new byte[84]));

  private final RecordingHalf responderHalf = new RecordingHalf();
  private final List<ChannelMessage> creates = new ArrayList<>();
  private final InMemoryLink.End responderEnd =
      InMemoryLink.End.of(
          null,
          (channel, id, create) -> {
            creates.add(create);
            assertTrue(channel.attach(id, responderHalf));
            channel.send(id, new Created2(Bytes.copyOf(new byte[64])));
          });
  private final InMemoryLink link =
      InMemoryLink.pumped(InMemoryLink.End.of(null, null), responderEnd);
  private final Channel initiator = link.initiator();
  private final Channel responder = link.responder();
  private final RecordingHalf half = new RecordingHalf();

  @AfterEach
  void close() {
    link.close();
  }

  private int open() {
    int id = initiator.newCircuitId();
    assertTrue(initiator.attach(id, half));
    initiator.send(id, CREATE);
    link.pump();
    return id;
  }

  static byte[] fill(CellQueue queue, int value) {
    byte[] body = new byte[509];
    Arrays.fill(body, (byte) value);
    byte[] array = queue.array();
    System.arraycopy(body, 0, array, queue.offset(), 509);
    queue.commit(3);
    return body;
  }

  @Test
  void newCircuitId_hasTheMostSignificantBitOfTheInitiator() {
    for (int i = 0; i < 100; i++) {
      assertTrue(initiator.newCircuitId() < 0);
      assertTrue(responder.newCircuitId() > 0);
    }
  }

  @Test
  void create_isAcceptedAndAnswered() {
    open();
    assertEquals(List.of(CREATE), creates);
    assertEquals(List.of(new Created2(Bytes.copyOf(new byte[64]))), half.messages);
  }

  @Test
  void relayCells_arriveInOrderWithOneBatchEnd() {
    int id = open();
    CellQueue queue = initiator.openQueue(id);
    List<Bytes> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add(Bytes.copyOf(fill(queue, i)));
    }
    queue.flush();
    link.pump();
    assertEquals(sent, responderHalf.bodies);
    assertEquals(1, responderHalf.batches);
    assertEquals(100, responder.cellsRead(id));
    assertEquals(100, responderEnd.settings().counters().read(CellCounters.Kind.RELAY));
  }

  @Test
  void relayCells_ofTwoCircuits_takeTurns() {
    int first = open();
    RecordingHalf other = new RecordingHalf();
    int second = initiator.newCircuitId();
    initiator.attach(second, other);
    initiator.send(second, new CreateFast(Bytes.copyOf(new byte[20])));
    link.pump();
    CellQueue one = initiator.openQueue(first);
    CellQueue two = initiator.openQueue(second);
    for (int i = 0; i < 3; i++) {
      fill(one, 1);
    }
    one.flush();
    for (int i = 0; i < 3; i++) {
      fill(two, 2);
    }
    two.flush();
    link.pump();
    assertEquals(
        List.of(1, 2, 1, 2, 1, 2), responderHalf.bodies.stream().map(b -> b.at(0)).toList());
  }

  @Test
  void discardedSlot_isNotSent() {
    CellQueue queue = initiator.openQueue(open());
    Arrays.fill(queue.array(), queue.offset(), queue.offset() + 509, (byte) 7);
    fill(queue, 8);
    queue.flush();
    link.pump();
    assertEquals(List.of(8), responderHalf.bodies.stream().map(b -> b.at(0)).toList());
  }

  @Test
  void destroy_dropsTheQueueAndTellsThePeerOnce() {
    int id = open();
    CellQueue queue = initiator.openQueue(id);
    fill(queue, 1);
    queue.flush();
    initiator.send(id, new Destroy(DestroyReason.FINISHED));
    link.pump();
    assertEquals(List.of(), responderHalf.bodies);
    assertEquals(List.of(new Destroy(DestroyReason.FINISHED)), responderHalf.messages);
    assertEquals(0, initiator.circuitCount());
    assertEquals(0, responder.circuitCount());
    fill(queue, 2);
    queue.flush();
    link.pump();
    assertEquals(0, queue.size());
    link.close();
    assertEquals(List.of(), responderHalf.closed);
  }

  @Test
  void create_withAnIdOfTheWrongHalf_isDestroyed() {
    assertTrue(initiator.attach(5, half));
    initiator.send(5, CREATE);
    link.pump();
    assertEquals(List.of(), creates);
    assertEquals(List.of(new Destroy(DestroyReason.PROTOCOL)), half.messages);
  }

  @Test
  void create_forAKnownCircuit_isDropped() {
    int id = open();
    initiator.send(id, CREATE);
    link.pump();
    assertEquals(1, creates.size());
    assertEquals(1, half.messages.size());
  }

  @Test
  void create_towardsANodeThatIsNoRelay_isDestroyed() {
    RecordingHalf refused = new RecordingHalf();
    int id = responder.newCircuitId();
    responder.attach(id, refused);
    responder.send(id, CREATE);
    link.pump();
    assertEquals(List.of(new Destroy(DestroyReason.PROTOCOL)), refused.messages);
  }

  @Test
  void attach_ofAnIdInUse_isRefused() {
    int id = open();
    assertFalse(initiator.attach(id, half));
    assertFalse(initiator.attach(0, half));
  }

  @Test
  void close_tellsEveryCircuitOnce() {
    open();
    initiator.close(DestroyReason.REQUESTED);
    link.pump();
    assertEquals(List.of(DestroyReason.REQUESTED), half.closed);
    assertEquals(List.of(DestroyReason.CHANNEL_CLOSED), responderHalf.closed);
    assertFalse(initiator.attach(9, half));
    assertEquals(0, initiator.newCircuitId());
  }

  @Test
  void attach_beyondTheBound_isRefused() {
    for (int id = 1; id <= Channel.MAX_CIRCUITS; id++) {
      assertTrue(initiator.attach(id, half));
    }
    assertFalse(initiator.attach(Channel.MAX_CIRCUITS + 1, half));
    assertEquals(0, initiator.newCircuitId());
  }

  @Test
  void controlCells_thatThePeerDoesNotRead_closeTheChannelAtTheBound() {
    for (int i = 0; i < 10_000 && initiator.isOpen(); i++) {
      initiator.send(0, new Padding());
    }
    assertFalse(initiator.isOpen());
  }

  @Test
  void circuitThatThrows_isDestroyedAndTheChannelGoesOn() {
    int id = open();
    responderHalf.failNext = true;
    CellQueue queue = initiator.openQueue(id);
    fill(queue, 1);
    queue.flush();
    link.pump();
    assertTrue(half.messages.contains(new Destroy(DestroyReason.INTERNAL)));
    assertEquals(List.of(DestroyReason.INTERNAL), responderHalf.closed);
    assertTrue(responder.isOpen());
  }

  /** Keeps what a circuit gets. */
  static final class RecordingHalf implements CircuitHalf {
    final List<Bytes> bodies = new ArrayList<>();
    final List<ChannelMessage> messages = new ArrayList<>();
    final List<DestroyReason> closed = new ArrayList<>();
    int batches;
    boolean failNext;
    long held;
    long heldSince;

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {
      if (failNext) {
        throw new IllegalStateException("made to fail");
      }
      bodies.add(Bytes.copyOf(cell, bodyOffset, 509));
    }

    @Override
    public void onMessage(ChannelMessage message) {
      messages.add(message);
    }

    @Override
    public void onBatchEnd() {
      batches++;
    }

    @Override
    public long heldBytes() {
      return held;
    }

    @Override
    public long heldSinceNanos() {
      return heldSince;
    }

    @Override
    public void onChannelClosed(DestroyReason why) {
      closed.add(why);
    }
  }
}
