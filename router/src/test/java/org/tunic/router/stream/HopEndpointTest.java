package org.tunic.router.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;

final class HopEndpointTest {
  private final JoinedHops hops = new JoinedHops(1);

  @AfterEach
  void stop() {
    hops.close();
  }

  /** Collects what a stream hands up. */
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

  /** Writes in odd pieces while the stream takes them, and on when it does again. */
  private static final class Source extends ChannelInboundHandlerAdapter {
    private final byte[] all;
    private int at;

    Source(byte[] all) {
      this.all = all;
    }

    void write(io.netty.channel.Channel to) {
      while (at < all.length && to.isWritable()) {
        int n = Math.min(all.length - at, 300);
        to.writeAndFlush(Unpooled.copiedBuffer(all, at, n));
        at += n;
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      write(ctx.channel());
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

  @Test
  void begin_reachesTheAcceptorAndConnects() throws Exception {
    DataStream stream = begin();
    assertEquals("example.com", hops.asked.getFirst().begin().host());
    assertFalse(stream.connected().isDone());
    accept(0);
    assertTrue(stream.connected().isSuccess());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 498, 499, 100_000, 3_000_000})
  void bytes_ofAnyAmount_arriveWholeBothWays(int length) throws Exception {
    DataStream there = begin();
    DataStream here = accept(0);
    byte[] up = random(length, 1);
    byte[] down = random(length, 2);
    Sink atRelay = read(here);
    Sink atOrigin = read(there);
    write(there, up);
    write(here, down);
    hops.pump();
    assertArrayEquals(up, atRelay.bytes.toByteArray());
    assertArrayEquals(down, atOrigin.bytes.toByteArray());
    assertNull(hops.origin.violation);
    assertNull(hops.relay.violation);
  }

  @Test
  void optimisticData_isKeptUntilTheStreamIsAccepted() throws Exception {
    DataStream stream = begin();
    write(stream, random(1000, 3));
    hops.pump();
    DataStream here = accept(0);
    Sink sink = read(here);
    hops.pump();
    assertArrayEquals(random(1000, 3), sink.bytes.toByteArray());
  }

  @Test
  void readerThatStops_holdsBackOneStreamWindow() throws Exception {
    DataStream there = begin();
    accept(0); // autoRead stays off
    write(there, random(2_000_000, 4));
    hops.pump();
    assertEquals(StreamWindow.WINDOW_CELLS, hops.origin.dataSent);
    assertFalse(there.isWritable());
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
  void congestedQueue_stopsDataUntilItDrains() throws Exception {
    DataStream there = begin();
    Sink sink = read(accept(0));
    hops.run(() -> hops.origin.congested = true);
    write(there, random(10_000, 6));
    hops.pump();
    assertEquals(0, hops.origin.dataSent);
    hops.run(
        () -> {
          hops.origin.congested = false;
          hops.origin.hop.resume();
        });
    hops.pump();
    assertEquals(10_000, sink.bytes.size());
  }

  @Test
  void dataCells_nowAndThenLeaveRoomForRandomBytes() throws Exception {
    DataStream there = begin();
    read(accept(0));
    write(there, random(498 * 400, 7));
    int shortened =
        hops.call(
            () -> {
              int n = 0;
              for (byte[] cell : hops.origin.sent) {
                n += new RelayHeader().wrap(cell, 0).length() == RelayHeader.MAX_DATA - 16 ? 1 : 0;
              }
              return n;
            });
    // One in 50 to 100 of the 400 cells.
    assertTrue(shortened >= 4 && shortened <= 8, "shortened " + shortened);
  }

  @Test
  void end_deliversWhatCameBeforeIt() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0);
    write(there, random(5000, 8));
    hops.run(() -> there.close());
    hops.pump();
    assertTrue(here.isOpen());
    Sink sink = read(here);
    hops.pump();
    hops.pump();
    assertEquals(5000, sink.bytes.size());
    assertFalse(here.isOpen());
    assertEquals(EndReason.MISC, here.endReason());
    assertEquals(0, hops.relay.hop.streamCount());
    assertEquals(0, hops.origin.hop.streamCount());
  }

  @Test
  void end_beforeTheStreamIsAnswered_forgetsItAndItsData() throws Exception {
    DataStream there = begin();
    write(there, random(1000, 3));
    hops.run(() -> there.close());
    hops.pump();
    assertTrue(hops.asked.getFirst().abandoned());
    assertEquals(0, hops.relay.hop.streamCount());
  }

  @Test
  void write_fromWithinAWritabilityChange_losesAndDoublesNothing() throws Exception {
    DataStream there = begin();
    Sink sink = read(accept(0));
    byte[] all = random(1_000_000, 10);
    Source source = new Source(all);
    hops.run(
        () -> {
          there.pipeline().addLast(source);
          source.write(there);
        });
    hops.pump();
    assertArrayEquals(all, sink.bytes.toByteArray());
  }

  @Test
  void refuse_failsConnectedWithTheReason() throws Exception {
    DataStream stream = begin();
    hops.run(() -> hops.asked.getFirst().refuse(EndReason.EXITPOLICY));
    hops.pump();
    StreamEndedException failure =
        assertInstanceOf(StreamEndedException.class, stream.connected().cause());
    assertEquals(EndReason.EXITPOLICY, failure.reason());
  }

  @Test
  void sendme_withAWrongTag_isACircuitViolation() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 150, 9));
    byte[] sendme = sendme(new byte[20]);
    hops.run(() -> hops.origin.receive(sendme));
    assertEquals(DestroyReason.PROTOCOL, hops.origin.violation().reason());
    assertEquals("SENDME with a wrong tag", hops.origin.violation().getMessage());
  }

  @Test
  void sendme_thatNothingAskedFor_isACircuitViolation() throws Exception {
    begin();
    byte[] sendme = sendme(new byte[20]);
    hops.run(() -> hops.origin.receive(sendme));
    assertEquals("SENDME that no DATA asked for", hops.origin.violation().getMessage());
  }

  private static byte[] sendme(byte[] tag) {
    byte[] message = new byte[23];
    message[0] = 1;
    message[2] = 20;
    System.arraycopy(tag, 0, message, 3, 20);
    return cell(RelayCommand.SENDME, 0, message);
  }

  private static byte[] cell(int command, int streamId, byte[] message) {
    byte[] cell = new byte[509];
    new RelayHeader()
        .wrap(cell, 0)
        .write(command, streamId, message, 0, message.length, new Random(1));
    return cell;
  }

  @Test
  void data_beyondTheStreamWindow_isACircuitViolation() throws Exception {
    DataStream stream = begin();
    accept(0);
    int id = stream.streamId();
    hops.run(
        () -> {
          for (int i = 0; i <= StreamWindow.WINDOW_CELLS; i++) {
            hops.relay.receive(cell(RelayCommand.DATA, id, new byte[1]));
          }
        });
    assertEquals("DATA beyond the stream window", hops.relay.violation().getMessage());
  }

  @Test
  void data_forAnEndedStream_isCountedAndDropped() throws Exception {
    hops.run(
        () -> {
          for (int i = 0; i < 100; i++) {
            hops.relay.receive(cell(RelayCommand.DATA, 77, new byte[1]));
          }
        });
    assertNull(hops.relay.violation);
    assertEquals(1, hops.call(() -> hops.relay.sent.size()), "a circuit SENDME");
  }

  @Test
  void begin_beyondTheBound_isRefused() throws Exception {
    byte[] message =
        "example.com:80\0\0\0\0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    hops.run(
        () -> {
          for (int id = 1; id <= HopEndpoint.MAX_STREAMS + 1; id++) {
            hops.relay.receive(cell(RelayCommand.BEGIN, id, message));
          }
        });
    assertEquals(HopEndpoint.MAX_STREAMS, hops.asked.size());
    byte[] end = hops.call(() -> hops.relay.sent.peekLast());
    assertNotNull(end);
    RelayHeader header = new RelayHeader().wrap(end, 0);
    assertEquals(RelayCommand.END, header.command());
    assertEquals(EndReason.RESOURCELIMIT.code(), end[RelayHeader.DATA]);
  }

  @Test
  void streamId_ofAStreamThatWeEnded_isNotGivenAgainUntilThePeerEndedIt() throws Exception {
    DataStream ended = begin();
    accept(0);
    final int id = ended.streamId();
    hops.run(() -> ended.close());
    hops.pump();
    assertFalse(idsGivenInOneRound().get(id), "a half-closed id was given again");
    hops.run(() -> hops.origin.receive(cell(RelayCommand.END, id, new byte[] {6})));
    assertTrue(idsGivenInOneRound().get(id), "an id that both sides ended is free");
    assertNull(hops.origin.violation);
  }

  /** Opens streams, which the peer ends at once, until all free ids have been given. */
  private BitSet idsGivenInOneRound() throws Exception {
    return hops.call(
        () -> {
          BitSet given = new BitSet();
          for (int i = 0; i < 0x10000; i++) {
            DataStream stream = hops.origin.hop.begin(new Begin("example.com", 80, 0));
            given.set(stream.streamId());
            hops.origin.receive(cell(RelayCommand.END, stream.streamId(), new byte[] {6}));
            hops.origin.sent.clear();
          }
          return given;
        });
  }

  @Test
  void end_ofAnOrigin_neverSaysWhy() throws Exception {
    DataStream there = begin();
    final DataStream here = accept(0);
    hops.run(() -> there.close(EndReason.TIMEOUT));
    hops.pump();
    assertEquals(EndReason.MISC, here.endReason());
    assertEquals(EndReason.TIMEOUT, there.endReason(), "for ourselves");
  }

  @Test
  void end_ofAnExit_saysWhy() throws Exception {
    final DataStream there = begin();
    DataStream here = accept(0);
    hops.run(() -> here.close(EndReason.TIMEOUT));
    hops.pump();
    assertEquals(EndReason.TIMEOUT, there.endReason());
  }

  @Test
  void end_withoutAReason_isACircuitViolation() throws Exception {
    DataStream stream = begin();
    hops.run(() -> hops.origin.receive(cell(RelayCommand.END, stream.streamId(), new byte[0])));
    assertEquals("END without a reason", hops.origin.violation().getMessage());
  }

  /** What the exit sent before it read our END is no surprise, and acknowledged all the same. */
  @Test
  void data_onTheWayWhenWeEnd_isExpectedAndAcknowledged() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0);
    write(here, random(498 * 500, 11));
    final int id = there.streamId();
    hops.run(() -> there.close());
    int sendmes = hops.call(() -> deliverAndCount(hops.origin, RelayCommand.SENDME, 0));
    assertEquals(5, sendmes, "circuit SENDMEs for 500 cells");
    assertEquals(0, hops.origin.hop.unexpectedMessages());
    hops.run(() -> hops.origin.receive(cell(RelayCommand.DATA, id, new byte[1])));
    assertEquals(1, hops.origin.hop.unexpectedMessages());
    assertNull(hops.origin.violation, "C tor drops it");
  }

  /** Hands an end what its peer sent; returns how many of these it sends thereupon. */
  private static int deliverAndCount(JoinedHops.End end, int command, int streamId) {
    end.sent.clear();
    end.deliver();
    int n = 0;
    for (byte[] cell : end.sent) {
      RelayHeader header = new RelayHeader().wrap(cell, 0);
      n += header.command() == command && header.streamId() == streamId ? 1 : 0;
    }
    return n;
  }

  @Test
  void sendmes_forWhatWeSentBeforeWeEnded_areExpected() throws Exception {
    DataStream there = begin();
    accept(0);
    write(there, random(498 * 120, 12));
    final int id = there.streamId();
    hops.run(() -> there.close());
    hops.run(
        () -> {
          for (int i = 0; i < 2; i++) {
            hops.origin.receive(cell(RelayCommand.SENDME, id, new byte[0]));
          }
        });
    assertEquals(0, hops.origin.hop.unexpectedMessages());
    hops.run(() -> hops.origin.receive(cell(RelayCommand.SENDME, id, new byte[0])));
    assertEquals(1, hops.origin.hop.unexpectedMessages());
  }

  @Test
  void connected_forAStreamThatWeGaveUp_isExpectedOnce() throws Exception {
    DataStream there = begin();
    final int id = there.streamId();
    hops.run(() -> there.close());
    hops.run(() -> hops.origin.receive(cell(RelayCommand.CONNECTED, id, new byte[0])));
    assertEquals(0, hops.origin.hop.unexpectedMessages());
    hops.run(() -> hops.origin.receive(cell(RelayCommand.CONNECTED, id, new byte[0])));
    assertEquals(1, hops.origin.hop.unexpectedMessages());
  }

  @Test
  void messages_forStreamsThatNeverWere_areUnexpectedAtAnOriginOnly() throws Exception {
    for (JoinedHops.End end : List.of(hops.origin, hops.relay)) {
      hops.run(
          () -> {
            end.receive(cell(RelayCommand.DATA, 99, new byte[3]));
            end.receive(cell(RelayCommand.XOFF, 99, new byte[1]));
            end.receive(cell(RelayCommand.XON, 99, new byte[5]));
            end.receive(cell(RelayCommand.SENDME, 99, new byte[0]));
            end.receive(cell(RelayCommand.CONNECTED, 99, new byte[0]));
            end.receive(cell(RelayCommand.END, 99, new byte[] {1}));
          });
      assertNull(end.violation);
    }
    assertEquals(6, hops.origin.hop.unexpectedMessages());
    assertEquals(0, hops.relay.hop.unexpectedMessages());
  }

  @Test
  void begin_whenEveryIdIsHalfClosed_isNotPossible() throws Exception {
    hops.run(
        () -> {
          for (int i = 0; i < 0xffff; i++) {
            DataStream stream = hops.origin.hop.begin(new Begin("example.com", 80, 0));
            assertNotNull(stream, "stream " + i);
            stream.close(EndReason.DONE);
            hops.origin.sent.clear();
          }
          assertNull(hops.origin.hop.begin(new Begin("example.com", 80, 0)));
        });
  }

  @Test
  void begin_atAnOrigin_isACircuitViolation() throws Exception {
    hops.run(() -> hops.origin.receive(cell(RelayCommand.BEGIN_DIR, 5, new byte[0])));
    assertEquals("a stream was asked for where none may be", hops.origin.violation().getMessage());
  }

  @Test
  void close_afterEnd_leavesWhatWasReceivedToTheReader() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0);
    write(there, random(5000, 8));
    hops.run(() -> there.close());
    hops.pump();
    hops.run(() -> hops.relay.hop.close(EndReason.DESTROY));
    Sink sink = read(here);
    hops.pump();
    assertEquals(5000, sink.bytes.size());
    hops.run(() -> {});
    assertFalse(here.isOpen());
    assertEquals(EndReason.MISC, here.endReason());
  }

  /** Whoever writes on waits for what becomes of it before he closes, and would wait for ever. */
  @Test
  void write_afterThePeersEnd_isDroppedAtOnce() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0); // autoRead stays off: what came is still to be read
    write(there, random(5000, 8));
    hops.run(() -> there.close());
    hops.pump();
    ByteBuf late = Unpooled.copiedBuffer(new byte[100]);
    assertTrue(hops.call(() -> here.writeAndFlush(late)).await(20, TimeUnit.SECONDS));
    assertEquals(0, late.refCnt());
    assertEquals(5000L, hops.call(here::heldBytes));
  }

  @Test
  void heldBytes_areAsOldAsTheReadersLastTaking() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0); // autoRead stays off
    assertEquals(0L, hops.call(hops.relay.hop::heldBytes));
    assertEquals(hops.nanos, hops.call(hops.relay.hop::heldSinceNanos));
    write(there, random(5000, 8));
    hops.pump();
    long came = hops.nanos;
    hops.run(() -> hops.nanos += 1_000_000_000);
    assertEquals(5000L, hops.call(hops.relay.hop::heldBytes));
    assertTrue(hops.call(hops.relay.hop::heldSinceNanos) <= came);
    read(here);
    hops.pump();
    assertEquals(0L, hops.call(hops.relay.hop::heldBytes));
    assertEquals(hops.nanos, hops.call(hops.relay.hop::heldSinceNanos));
  }

  @Test
  void abandon_leavesNothingToReaders() throws Exception {
    DataStream there = begin();
    DataStream here = accept(0);
    write(there, random(5000, 8));
    hops.pump();
    hops.run(() -> hops.relay.hop.abandon(EndReason.RESOURCELIMIT));
    assertFalse(here.isOpen());
    assertEquals(0L, hops.call(hops.relay.hop::heldBytes));
    assertEquals(0L, hops.call(here::heldBytes));
    assertEquals(EndReason.RESOURCELIMIT, here.endReason());
  }

  @Test
  void close_endsEveryStreamWithTheReason() throws Exception {
    DataStream stream = begin();
    accept(0);
    hops.run(() -> hops.origin.hop.close(EndReason.DESTROY));
    assertFalse(stream.isOpen());
    assertEquals(EndReason.DESTROY, stream.endReason());
  }

  @Test
  void randomCells_throwNothingButViolations() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] cell = new byte[509];
      random.nextBytes(cell);
      if (random.nextBoolean()) {
        cell[RelayHeader.COMMAND] = (byte) random.nextInt(16);
        cell[RelayHeader.LENGTH] = (byte) random.nextInt(2);
      }
      long failing = seed;
      hops.run(
          () -> {
            try {
              hops.relay.receive(cell);
            } catch (RuntimeException e) {
              throw new AssertionError("seed " + failing, e);
            }
          });
    }
  }

  private OutgoingResolve resolve() throws Exception {
    OutgoingResolve asked = hops.call(() -> hops.origin.hop.resolve(new Resolve("example.com")));
    hops.pump();
    return asked;
  }

  @Test
  void resolve_isAnswered() throws Exception {
    OutgoingResolve asked = resolve();
    assertEquals("example.com", hops.resolves.getFirst().resolve().host());
    Resolved found = new Resolved(List.of(Resolved.Answer.ofHostname("a.b", 60)));
    hops.run(() -> hops.resolves.getFirst().answer(found));
    hops.pump();
    assertEquals(found, asked.answer().join());
  }

  @Test
  void resolve_endInstead_fails() throws Exception {
    OutgoingResolve asked = resolve();
    hops.run(() -> hops.relay.hop.sendEnd(asked.streamId(), EndReason.RESOLVEFAILED));
    hops.pump();
    assertEquals(EndReason.RESOLVEFAILED, reason(asked));
  }

  @Test
  void resolve_malformedAnswer_failsAndTheCircuitGoesOn() throws Exception {
    OutgoingResolve asked = resolve();
    hops.run(
        () ->
            hops.relay.hop.sendMessage(
                RelayCommand.RESOLVED, asked.streamId(), new byte[] {4, 4, 1}));
    hops.pump();
    assertEquals(EndReason.TORPROTOCOL, reason(asked));
    assertNull(hops.origin.violation);
  }

  @Test
  void resolve_circuitGone_fails() throws Exception {
    OutgoingResolve asked = resolve();
    hops.run(() -> hops.origin.hop.close(EndReason.DESTROY));
    assertEquals(EndReason.DESTROY, reason(asked));
    assertNull(hops.call(() -> hops.origin.hop.resolve(new Resolve("example.com"))));
  }

  @Test
  void resolve_abandoned_lateAnswerIsDropped() throws Exception {
    OutgoingResolve asked = resolve();
    asked.abandon(EndReason.TIMEOUT);
    hops.run(() -> hops.resolves.getFirst().answer(new Resolved(List.of())));
    hops.pump();
    assertEquals(EndReason.TIMEOUT, reason(asked));
    assertNull(hops.origin.violation);
    assertEquals(0, hops.origin.hop.unexpectedMessages());
  }

  @Test
  void resolve_unanswered_areBoundedAsStreams() throws Exception {
    for (int i = 0; i < HopEndpoint.MAX_STREAMS; i++) {
      assertNotNull(hops.call(() -> hops.origin.hop.resolve(new Resolve("a.b"))));
    }
    assertNull(hops.call(() -> hops.origin.hop.resolve(new Resolve("a.b"))));
    assertNull(hops.call(() -> hops.origin.hop.begin(new Begin("a.b", 80, 0))));
  }

  @Test
  void resolved_nobodyAskedFor_isDropped() throws Exception {
    hops.run(() -> hops.relay.hop.sendMessage(RelayCommand.RESOLVED, 77, new byte[0]));
    hops.pump();
    assertNull(hops.origin.violation);
    assertEquals(1, hops.origin.hop.unexpectedMessages());
    hops.run(() -> hops.origin.hop.sendMessage(RelayCommand.RESOLVED, 77, new byte[0]));
    hops.pump();
    assertEquals(List.of(RelayCommand.RESOLVED), hops.relay.circuitMessages);
  }

  private static EndReason reason(OutgoingResolve asked) {
    Throwable cause =
        assertThrows(CompletionException.class, () -> asked.answer().join()).getCause();
    return ((StreamEndedException) cause).reason();
  }
}
