package org.tunic.router.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.digest.Sha;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowCounters.Event;
import org.tunic.router.congestion.FlowParameters;

/** A hop with congestion control: the window, its SENDMEs, XOFF and XON. */
final class CongestionControlHopTest {
  private static final int XOFF_BYTES = 500 * 488;
  private static final int STOPPED_BYTES = 3_000_000;

  private final FlowCounters counters = new FlowCounters();
  private JoinedHops hops = joined(Map.of(), 31);

  private JoinedHops joined(Map<String, Integer> consensus, int increment) {
    FlowParameters parameters = FlowParameters.of(new ConsensusParameters(consensus));
    return new JoinedHops(1, new FlowControl.CongestionControl(increment, parameters, counters));
  }

  @AfterEach
  void stop() {
    hops.close();
  }

  private static final class Sink extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buf = (ByteBuf) message;
      byte[] copy = new byte[buf.readableBytes()];
      buf.readBytes(copy);
      buf.release();
      bytes.writeBytes(copy);
    }
  }

  private DataStream begin() throws Exception {
    DataStream stream = hops.call(() -> hops.origin.hop.begin(new Begin("example.com", 80, 0)));
    hops.opened.add(stream);
    hops.pump();
    return stream;
  }

  private DataStream accept(int n) throws Exception {
    DataStream stream = hops.call(() -> hops.asked.get(n).accept(Connected.WITHOUT_ADDRESS));
    hops.opened.add(stream);
    hops.pump();
    return stream;
  }

  private Sink read(DataStream stream) throws Exception {
    Sink sink = new Sink();
    hops.run(
        () -> {
          stream.pipeline().addLast(sink);
          stream.config().setAutoRead(true);
        });
    return sink;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void write(DataStream stream, byte[] bytes) throws Exception {
    hops.run(() -> stream.writeAndFlush(Unpooled.copiedBuffer(bytes)));
  }

  private static byte[] cell(int command, int streamId, byte... message) {
    byte[] cell = new byte[509];
    new RelayHeader()
        .wrap(cell, 0)
        .write(command, streamId, message, 0, message.length, new Random(1));
    return cell;
  }

  private static byte[] xon(int streamId, int kbps) {
    return cell(
        RelayCommand.XON,
        streamId,
        (byte) 0,
        (byte) (kbps >> 24),
        (byte) (kbps >> 16),
        (byte) (kbps >> 8),
        (byte) kbps);
  }

  private static byte[] xoff(int streamId) {
    return cell(RelayCommand.XOFF, streamId, (byte) 0);
  }

  /** Commands of what an end sent and nobody carried yet. */
  private List<Integer> commands(JoinedHops.End end) throws Exception {
    return hops.call(
        () -> {
          List<Integer> commands = new ArrayList<>();
          for (byte[] cell : end.sent) {
            commands.add(new RelayHeader().wrap(cell, 0).command());
          }
          return commands;
        });
  }

  @ParameterizedTest
  @CsvSource({"31, 3000000", "31, 1", "1, 200000", "255, 3000000", "30, 498"})
  void bytes_ofAnyAmountAndIncrement_arriveWholeBothWays(int increment, int length)
      throws Exception {
    hops.close();
    hops = joined(Map.of("cc_cwnd_init", 300), increment);
    DataStream there = begin();
    DataStream here = accept(0);
    byte[] up = random(length, 1);
    byte[] down = random(length, 2);
    Sink atRelay = read(here);
    Sink atOrigin = read(there);
    write(there, up);
    write(here, down);
    hops.pump();
    assertNull(hops.origin.violation);
    assertNull(hops.relay.violation);
    assertArrayEquals(up, atRelay.bytes.toByteArray());
    assertArrayEquals(down, atOrigin.bytes.toByteArray());
  }

  @Test
  void window_withoutASendme_isAllThatIsSent() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 300, 1));
    assertEquals(124, hops.origin.dataSent);
  }

  @Test
  void data_eachIncrementOfIt_isAcknowledgedByTheTagOfItsLastCell() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 100, 1));
    List<byte[]> cells = hops.call(() -> List.copyOf(hops.origin.sent));
    hops.run(() -> hops.relay.deliver());
    List<byte[]> answers = hops.call(() -> List.copyOf(hops.relay.sent));
    assertEquals(3, answers.size(), "for 100 cells");
    for (int i = 0; i < 3; i++) {
      byte[] sendme = answers.get(i);
      assertEquals(RelayCommand.SENDME, new RelayHeader().wrap(sendme, 0).command());
      byte[] tag = new byte[20];
      System.arraycopy(sendme, RelayHeader.DATA + 3, tag, 0, 20);
      assertArrayEquals(Sha.sha1(cells.get(31 * (i + 1) - 1)), tag);
    }
  }

  @Test
  void sendme_withAWrongTag_isACircuitViolation() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 40, 9));
    byte[] message = new byte[23];
    message[0] = 1;
    message[2] = 20;
    hops.run(() -> hops.origin.receive(cell(RelayCommand.SENDME, 0, message)));
    assertEquals("SENDME with a wrong tag", hops.origin.violation().getMessage());
  }

  /** How many cells are on the way nobody knows with congestion control: a time decides. */
  @Test
  void data_afterWeEnded_isExpectedForAMinute() throws Exception {
    DataStream there = begin();
    accept(0);
    final int id = there.streamId();
    final long ended = hops.nanos;
    hops.run(() -> there.close());
    hops.nanos = ended + 60_000_000_000L;
    hops.run(() -> hops.origin.receive(cell(RelayCommand.DATA, id, (byte) 1)));
    hops.run(() -> hops.origin.receive(xoff(id)));
    assertEquals(0, hops.origin.hop.unexpectedMessages());
    hops.nanos++;
    hops.run(() -> hops.origin.receive(cell(RelayCommand.DATA, id, (byte) 1)));
    hops.run(() -> hops.origin.receive(xon(id, 1)));
    assertEquals(2, hops.origin.hop.unexpectedMessages());
    hops.run(() -> hops.origin.receive(cell(RelayCommand.END, id, (byte) 6)));
    assertEquals(2, hops.origin.hop.unexpectedMessages(), "END is never late");
  }

  /** A circuit that has been slower than that gets the time that it has been seen to need. */
  @Test
  void data_afterWeEnded_isExpectedForTheLongestRoundTrip() throws Exception {
    DataStream there = begin();
    accept(0);
    hops.travelNanos = 50_000_000_000L;
    write(there, random(498 * 31, 1));
    hops.pump();
    final int id = there.streamId();
    final long ended = hops.nanos;
    hops.run(() -> there.close());
    hops.nanos = ended + 100_000_000_000L;
    hops.run(() -> hops.origin.receive(cell(RelayCommand.DATA, id, (byte) 1)));
    assertEquals(0, hops.origin.hop.unexpectedMessages());
    hops.nanos++;
    hops.run(() -> hops.origin.receive(cell(RelayCommand.DATA, id, (byte) 1)));
    assertEquals(1, hops.origin.hop.unexpectedMessages());
  }

  @Test
  void sendme_before31Cells_isACircuitViolation() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 29, 9));
    hops.run(() -> hops.origin.receive(cell(RelayCommand.SENDME, 0)));
    assertEquals("SENDME that no DATA asked for", hops.origin.violation().getMessage());
  }

  @Test
  void streamSendme_isACircuitViolation() throws Exception {
    DataStream there = begin();
    accept(0);
    hops.run(() -> hops.origin.receive(cell(RelayCommand.SENDME, there.streamId())));
    assertEquals(DestroyReason.PROTOCOL, hops.origin.violation().reason());
  }

  @Test
  void readerThatStops_sendsXoffAndGoesOnAfterXon() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0); // autoRead stays off
    byte[] all = random(STOPPED_BYTES, 4);
    write(there, all);
    hops.pump();
    assertEquals(1, counters.get(Event.XOFF_SENT));
    assertEquals(1, counters.get(Event.XOFF_RECEIVED));
    int heldBytes = hops.origin.dataSent * RelayHeader.MAX_DATA;
    assertTrue(heldBytes > XOFF_BYTES, "sent " + heldBytes);
    assertTrue(heldBytes < STOPPED_BYTES / 2, "sent " + heldBytes);
    Sink sink = read(here);
    awaitAll(sink, all.length);
    assertArrayEquals(all, sink.bytes.toByteArray());
    assertTrue(counters.get(Event.XON_SENT) >= 1);
    assertEquals(counters.get(Event.XON_SENT), counters.get(Event.XON_RECEIVED));
    assertEquals(0, counters.get(Event.IMPLAUSIBLE_RECEIVED));
    assertNull(hops.origin.violation);
  }

  /** What waits for a rate is sent by tasks that the loop runs in real time. */
  private void awaitAll(Sink sink, int bytes) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    hops.pump();
    while (hops.call(sink.bytes::size) < bytes && System.nanoTime() - end < 0) {
      hops.nanos += 100_000_000;
      hops.pump();
      Thread.onSpinWait();
    }
  }

  @Test
  void burst_shorterThanTheGrace_isNoReasonForXoff() throws Exception {
    hops.travelNanos = 100_000;
    DataStream there = begin();
    accept(0);
    write(there, random(XOFF_BYTES + 40_000, 4));
    hops.pump();
    assertEquals(0, counters.get(Event.XOFF_SENT));
  }

  @Test
  void stalledStream_doesNotStallItsCircuit() throws Exception {
    DataStream stalled = begin();
    accept(0);
    write(stalled, random(2_000_000, 4));
    hops.pump();
    DataStream other = begin();
    Sink sink = read(accept(1));
    write(other, random(2_000_000, 5));
    hops.pump();
    assertEquals(2_000_000, sink.bytes.size());
  }

  @Test
  void xoff_stopsTheStreamUntilXon() throws Exception {
    DataStream there = begin();
    Sink sink = read(accept(0));
    hops.run(() -> hops.origin.receive(xoff(there.streamId())));
    write(there, random(50_000, 4));
    hops.pump();
    assertEquals(0, hops.origin.dataSent);
    hops.run(() -> hops.origin.receive(xoff(there.streamId())));
    assertEquals(1, counters.get(Event.XOFF_RECEIVED), "the second one says nothing");
    hops.run(() -> hops.origin.receive(xon(there.streamId(), 0)));
    hops.pump();
    assertEquals(50_000, sink.bytes.size());
    assertNull(hops.origin.violation);
  }

  @Test
  void xon_withARate_isHeeded() throws Exception {
    DataStream there = begin();
    Sink sink = read(accept(0));
    hops.travelNanos = 0;
    hops.run(() -> hops.origin.receive(xon(there.streamId(), 10)));
    write(there, random(50_000, 4));
    hops.pump();
    // One second of the rate may go at once, and the cell that uses it up.
    assertEquals(21, hops.origin.dataSent);
    hops.nanos += TimeUnit.SECONDS.toNanos(1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (hops.call(() -> hops.origin.dataSent) == 21 && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    hops.pump();
    assertEquals(41, hops.origin.dataSent, "another second's worth");
    hops.run(() -> hops.origin.receive(xon(there.streamId(), -1)));
    hops.pump();
    assertEquals(50_000, sink.bytes.size());
  }

  @Test
  void xonOfUnknownVersionOrCutShort_isDropped() throws Exception {
    DataStream there = begin();
    accept(0);
    byte[] unknown = xon(there.streamId(), 1);
    unknown[RelayHeader.DATA] = 1;
    hops.run(() -> hops.origin.receive(unknown));
    hops.run(() -> hops.origin.receive(cell(RelayCommand.XON, there.streamId(), (byte) 0)));
    hops.run(() -> hops.origin.receive(xon(4711, 1)));
    hops.run(() -> hops.origin.receive(xoff(4711)));
    assertNull(hops.origin.violation);
    assertEquals(0, counters.get(Event.XON_RECEIVED));
  }

  @Test
  void xoffAndXon_beforeEnoughWasSent_areCountedByTheClient() throws Exception {
    DataStream there = begin();
    accept(0);
    hops.run(() -> hops.origin.receive(xoff(there.streamId())));
    hops.run(() -> hops.origin.receive(xon(there.streamId(), 0)));
    assertEquals(2, counters.get(Event.IMPLAUSIBLE_RECEIVED));
    hops.run(() -> hops.relay.receive(xoff(there.streamId())));
    assertEquals(2, counters.get(Event.IMPLAUSIBLE_RECEIVED), "an exit does not count");
  }

  @Test
  void peerThatDoesNotHeedXoff_endsItsCircuit() throws Exception {
    DataStream there = begin();
    accept(0);
    byte[] data = cell(RelayCommand.DATA, there.streamId(), new byte[RelayHeader.MAX_DATA]);
    int fitting = XonXoff.MAX_WAITING_BYTES / RelayHeader.MAX_DATA;
    hops.run(
        () -> {
          for (int i = 0; i < fitting; i++) {
            hops.relay.receive(data);
          }
        });
    assertNull(hops.relay.violation);
    hops.run(() -> hops.relay.receive(data));
    assertEquals(DestroyReason.RESOURCELIMIT, hops.relay.violation().reason());
  }

  @Test
  void congestedQueue_isACongestionSignal() throws Exception {
    DataStream there = begin();
    Sink sink = read(accept(0));
    write(there, random(498 * 300, 1));
    hops.run(() -> hops.origin.congested = true);
    hops.pump();
    int sent = hops.origin.dataSent;
    assertTrue(sent < 300);
    hops.run(
        () -> {
          hops.origin.congested = false;
          hops.origin.hop.resume();
        });
    hops.pump();
    assertEquals(498 * 300, sink.bytes.size());
    assertEquals(1, counters.get(Event.SLOW_START_LEFT));
  }

  @Test
  void xoffOnAHopWithFixedWindows_isDropped() throws Exception {
    hops.close();
    hops = new JoinedHops(1);
    DataStream there = begin();
    Sink sink = read(accept(0));
    hops.run(() -> hops.origin.receive(xoff(there.streamId())));
    hops.run(() -> hops.origin.receive(xon(there.streamId(), 1)));
    write(there, random(50_000, 4));
    hops.pump();
    assertEquals(50_000, sink.bytes.size());
    assertEquals(List.of(), commands(hops.origin));
  }

  @Test
  void circuits_areCounted() throws Exception {
    assertEquals(2, counters.get(Event.CIRCUIT_CREATED));
    hops.run(() -> hops.origin.hop.close(org.tunic.router.cell.EndReason.DESTROY));
    assertEquals(1, counters.get(Event.CIRCUIT_CLOSED));
  }
}
