package org.tunic.router.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.testing.SeededRandom;

/** Any split of the bytes gives the same cells. */
class CellFramerPropertyTest {
  /** Keeps what comes; widens the circuit ids after VERSIONS as a negotiation does. */
  static final class Recorder implements CellSink {
    final CellFramer framer = new CellFramer();
    final List<String> cells = new ArrayList<>();
    final List<ChannelViolation> violations = new ArrayList<>();
    int reads;
    int closed;
    int openAfter = Integer.MAX_VALUE;

    Recorder() {
      framer.receive(this);
    }

    @Override
    public void onCell(int id, int command, ByteBuf in, int at, int header, int length) {
      byte[] body = new byte[length];
      in.getBytes(at + header, body);
      cells.add(id + " " + command + " " + Bytes.copyOf(body).hex());
      if (command == CellCommand.VERSIONS.code()) {
        framer.useWideCircuitIds();
      }
      if (cells.size() == openAfter) {
        framer.open(this);
      }
    }

    @Override
    public void onReadComplete() {
      reads++;
    }

    @Override
    public void onWritabilityChanged() {}

    @Override
    public void onViolation(ChannelViolation violation) {
      violations.add(violation);
    }

    @Override
    public void onClosed() {
      closed++;
    }
  }

  private static void cell(ByteWriter out, boolean wide, int id, int command, byte[] body) {
    if (wide) {
      out.u32(Integer.toUnsignedLong(id));
    } else {
      out.u16(id);
    }
    out.u8(command);
    if (CellCommand.isVariableLength(command)) {
      out.u16(body.length);
    }
    out.bytes(body);
  }

  private static String shown(int id, int command, byte[] body) {
    return id + " " + command + " " + Bytes.copyOf(body).hex();
  }

  @RepeatedTest(200)
  void anySplit_givesTheSameCells(RepetitionInfo repetition) {
    SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
    ByteWriter stream = new ByteWriter();
    List<String> expected = new ArrayList<>();
    byte[] versions = {0, 4, 0, 5};
    cell(stream, false, 0, 7, versions);
    expected.add(shown(0, 7, versions));
    int count = random.nextInt(1, 100);
    int openAfter = random.nextInt(1, count + 2);
    for (int i = 1; i <= count; i++) {
      boolean variable = random.nextInt(4) == 0;
      int command = variable ? random.nextInt(128, 256) : random.nextInt(0, 7);
      int length =
          !variable
              ? 509
              : expected.size() >= openAfter ? random.nextInt(65536) : random.nextInt(3000);
      byte[] body = random.bytes(length);
      int id = random.nextInt();
      cell(stream, true, id, command, body);
      if (!variable || expected.size() < openAfter) {
        expected.add(shown(id, command, body)); // once open, variable-length cells mean nothing
      }
    }
    Recorder recorder = new Recorder();
    recorder.openAfter = openAfter;
    EmbeddedChannel socket = new EmbeddedChannel(recorder.framer);
    byte[] bytes = stream.toArray();
    int reads = 0;
    for (int at = 0; at < bytes.length; ) {
      int most = random.nextBoolean() ? 20 : random.nextBoolean() ? 700 : 20_000;
      int length = Math.min(bytes.length - at, random.nextInt(1, most + 1));
      socket.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
      at += length;
      reads++;
    }
    assertEquals(expected, recorder.cells, random::toString);
    assertEquals(reads, recorder.reads);
    assertEquals(List.of(), recorder.violations);
    socket.finishAndReleaseAll();
    assertEquals(1, recorder.closed);
  }

  @RepeatedTest(200)
  void randomBytes_throwNothing(RepetitionInfo repetition) {
    SeededRandom random = new SeededRandom(5000 + repetition.getCurrentRepetition());
    Recorder recorder = new Recorder();
    recorder.openAfter = random.nextInt(1, 20);
    EmbeddedChannel socket = new EmbeddedChannel(recorder.framer);
    for (int i = 0; i < 20; i++) {
      socket.writeInbound(Unpooled.copiedBuffer(random.bytes(random.nextInt(1, 5000))));
    }
    assertTrue(recorder.violations.size() <= 1, random::toString);
    socket.finishAndReleaseAll();
  }

  @Test
  void variableCell_overTheBound_isAViolationAndNothingFollows() {
    Recorder recorder = new Recorder();
    EmbeddedChannel socket = new EmbeddedChannel(recorder.framer);
    ByteWriter stream = new ByteWriter();
    cell(stream, false, 0, 7, new byte[] {0, 5});
    cell(stream, true, 0, 129, new byte[CellFramer.MAX_VARIABLE_BODY]);
    stream.u32(0).u8(129).u16(CellFramer.MAX_VARIABLE_BODY + 1);
    socket.writeInbound(Unpooled.copiedBuffer(stream.toArray()));
    assertEquals(2, recorder.cells.size());
    assertEquals(1, recorder.violations.size());
    socket.writeInbound(Unpooled.copiedBuffer(new byte[100_000]));
    assertEquals(2, recorder.cells.size());
    socket.finishAndReleaseAll();
    assertEquals(0, recorder.closed);
  }

  /** Nothing of a body is to come that could be waited for. */
  @Test
  void header_endingWithARead_isActedOnAtOnce() {
    Recorder recorder = new Recorder();
    EmbeddedChannel socket = new EmbeddedChannel(recorder.framer);
    ByteWriter stream = new ByteWriter();
    cell(stream, false, 0, 7, new byte[] {0, 5});
    stream.u32(0).u8(128);
    socket.writeInbound(Unpooled.copiedBuffer(stream.toArray()));
    socket.writeInbound(Unpooled.copiedBuffer(new byte[] {0, 0}));
    assertEquals(2, recorder.cells.size());
    stream = new ByteWriter().u32(0).u8(129);
    socket.writeInbound(Unpooled.copiedBuffer(stream.toArray()));
    socket.writeInbound(Unpooled.copiedBuffer(new byte[] {(byte) 0xff, (byte) 0xff}));
    assertEquals(1, recorder.violations.size());
    socket.finishAndReleaseAll();
  }

  @Test
  void stop_inTheMiddleOfABuffer_handsNothingMoreOn() {
    CellFramer framer = new CellFramer();
    List<Integer> seen = new ArrayList<>();
    framer.receive(
        new CellSink() {
          @Override
          public void onCell(int id, int command, ByteBuf in, int at, int header, int length) {
            seen.add(command);
            framer.stop();
          }

          @Override
          public void onReadComplete() {}

          @Override
          public void onWritabilityChanged() {}

          @Override
          public void onViolation(ChannelViolation violation) {}

          @Override
          public void onClosed() {
            seen.add(-1);
          }
        });
    framer.useWideCircuitIds();
    EmbeddedChannel socket = new EmbeddedChannel(framer);
    socket.writeInbound(Unpooled.copiedBuffer(new byte[2000]));
    socket.finishAndReleaseAll();
    assertEquals(List.of(0), seen);
  }
}
