package org.tunic.router.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.End;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;
import org.tunic.router.cell.StreamViolation;
import org.tunic.router.cell.Xon;

/**
 * One end of the conversation with one hop: its stream table and its flow control. A relay has one
 * for each circuit, an origin one for each hop, so that streams may end at any hop and each hop may
 * have its own cipher, message format and congestion control.
 *
 * <p>The circuit gives it every relay message that the hop recognised, already decrypted, and tells
 * it where a socket read ends. Messages about the circuit itself (EXTEND2, TRUNCATE …) are given
 * back through {@link CircuitMessages}.
 *
 * <p>Spec: tor-spec/relay-cells, tor-spec/flow-control. Threads: event loop of the circuit.
 */
public final class HopEndpoint {
  /** Streams of one hop, open or asked for. A peer that asks for more gets END RESOURCELIMIT. */
  public static final int MAX_STREAMS = 4096;

  private static final int MAX_STREAM_ID = 0xffff;

  /** Cells a resumed stream may send before the next one's turn. */
  private static final int CELLS_PER_TURN = 16;

  /** Random bytes at the end of the cells that {@link #dataLimit()} shortens. */
  private static final int RANDOM_TAIL_BYTES = 16;

  /**
   * With congestion control, how long after our END cells of the stream may come at least: C tor's
   * time to build a circuit before it has learned a shorter one.
   */
  private static final long END_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final Logger log = LoggerFactory.getLogger(HopEndpoint.class);

  /** Messages that concern the circuit, not a stream. Implemented by both kinds of circuit. */
  public interface CircuitMessages {
    /**
     * @param relayCommand a relay command that this room does not know, or stream id 0
     * @param cellCommand RELAY or RELAY_EARLY
     * @param body the message body; valid during the call
     */
    void onCircuitMessage(int cellCommand, int relayCommand, int streamId, ByteReader body)
        throws ProtocolViolation;
  }

  private final HopSender sender;
  private final CircuitMessages circuit;
  private final @Nullable StreamAcceptor acceptor;
  private final PreviousHop previousHop;
  private final RandomGenerator random;
  private final FlowControl control;
  private final CircuitFlow flow;
  private final RelayHeader header = new RelayHeader();
  private final Gatherer gatherer = new Gatherer();

  private final IntObjectHashMap<DataStream> streams = new IntObjectHashMap<>();

  /** The peer's RESOLVEs not yet answered, counted against {@link #MAX_STREAMS}. */
  private int pendingResolves;

  /** Our RESOLVEs not yet answered, by stream id, counted likewise. */
  private final IntObjectHashMap<OutgoingResolve> questions = new IntObjectHashMap<>();

  /** Streams that hold data back because the circuit may not send: they take turns. */
  private final ArrayDeque<DataStream> waiting = new ArrayDeque<>();

  /** Streams that received data since the last end of a read. */
  private final ArrayList<DataStream> touched = new ArrayList<>();

  /** Only where no peer may ask for a stream: at an origin. */
  private final HalfClosedStreams halfClosed = new HalfClosedStreams();

  private int lastStreamId;
  private int cellsUntilRandom;
  private boolean closed;

  /** The circuit's queue was above its mark when a stream wanted to send, and has not drained. */
  private boolean blocked;

  /**
   * @param acceptor what to do with streams the peer asks for; null when a peer must not ask
   * @param previousHop where the circuit comes from; {@link PreviousHop#NONE} at its origin
   * @param control how much may be in flight
   */
  public HopEndpoint(
      HopSender sender,
      CircuitMessages circuit,
      @Nullable StreamAcceptor acceptor,
      PreviousHop previousHop,
      FlowControl control,
      RandomGenerator random) {
    this.sender = sender;
    this.circuit = circuit;
    this.acceptor = acceptor;
    this.previousHop = previousHop;
    this.random = random;
    this.control = control;
    this.flow = CircuitFlow.of(control);
    this.lastStreamId = random.nextInt(1 << 16);
    drawRandomInterval();
  }

  // ---- what the circuit calls ----

  /**
   * Handles one recognised relay message.
   *
   * @param cellCommand RELAY or RELAY_EARLY
   * @param cell the decrypted body, 509 bytes at {@code offset}, valid during the call
   * @throws ProtocolViolation CircuitViolation: destroy the circuit. A stream's own violation ends
   *     that stream here
   */
  public void onRelayCell(int cellCommand, byte[] cell, int offset) throws ProtocolViolation {
    header.wrap(cell, offset);
    int length = header.length();
    if (length > RelayHeader.MAX_DATA) {
      throw new CircuitViolation("relay message longer than its cell", DestroyReason.PROTOCOL);
    }
    int command = header.command();
    int streamId = header.streamId();
    int data = offset + RelayHeader.DATA;
    if (command == RelayCommand.DATA) {
      onData(streamId, cell, data, length);
    } else if (command == RelayCommand.SENDME && streamId == 0) {
      onCircuitSendme(cell, data, length);
    } else {
      onOther(cellCommand, command, streamId, new ByteReader(cell, data, length));
    }
  }

  /** The end of a socket read: hands the gathered data to the pipelines. */
  public void onBatchEnd() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).batchEnded();
    }
    touched.clear();
  }

  /** The circuit may send again: its queue fell below the low-water mark. */
  public void resume() {
    blocked = false;
    resumeStreams();
  }

  private void resumeStreams() {
    boolean sent = false;
    while (mayPackage()) {
      DataStream next = waiting.poll();
      if (next == null) {
        break;
      }
      next.waiting = false;
      sent = true;
      if (next.resume(CELLS_PER_TURN)) {
        waitForCircuit(next);
      }
    }
    if (sent) {
      sender.flush();
    }
  }

  /** The circuit is gone: every stream ends with the reason and nothing is sent any more. */
  public void close(EndReason reason) {
    close(reason, stream -> stream.onCircuitClosed(reason));
  }

  /** The same for lack of memory: what streams hold is not left to their readers. */
  public void abandon(EndReason reason) {
    close(reason, stream -> stream.end(reason));
  }

  private void close(EndReason reason, Consumer<DataStream> end) {
    if (!closed) {
      flow.closed();
      if (halfClosed.unexpected() > 0) {
        log.debug(
            ProtocolViolation.LOG,
            "{} messages for streams that had none to come",
            halfClosed.unexpected());
      }
    }
    closed = true;
    List.copyOf(streams.values()).forEach(end);
    List<OutgoingResolve> unanswered = List.copyOf(questions.values());
    questions.clear();
    unanswered.forEach(question -> question.ended(reason));
    streams.clear();
    waiting.clear();
    touched.clear();
  }

  /** Bytes that came for streams and that nobody has read. */
  public long heldBytes() {
    long sum = 0;
    for (DataStream stream : streams.values()) {
      sum += stream.heldBytes();
    }
    return sum;
  }

  /**
   * Monotonic time since when a stream's reader has taken nothing of what is held for him, the
   * longest of them; now if nothing is held.
   */
  public long heldSinceNanos() {
    long now = sender.nanoTime();
    long longest = 0;
    for (DataStream stream : streams.values()) {
      if (stream.heldBytes() > 0) {
        longest = Math.max(longest, now - stream.heldSinceNanos());
      }
    }
    return now - longest;
  }

  /** The number of streams open, opening or asked for. */
  public int streamCount() {
    return streams.size();
  }

  /**
   * Messages that came at an origin for streams that had none to come. They were dropped; C tor
   * does not count them as delivered either.
   */
  public long unexpectedMessages() {
    return halfClosed.unexpected();
  }

  /**
   * Opens a stream with BEGIN.
   *
   * @return null when the circuit is closed or has no stream id left
   */
  public @Nullable DataStream begin(Begin begin) {
    ByteWriter body = new ByteWriter();
    begin.encode(body);
    return open(RelayCommand.BEGIN, body.toArray());
  }

  /**
   * Opens a directory stream with BEGIN_DIR.
   *
   * @return null when the circuit is closed or has no stream id left
   */
  public @Nullable DataStream beginDir() {
    return open(RelayCommand.BEGIN_DIR, new byte[0]);
  }

  /**
   * Asks the hop for a name with RESOLVE.
   *
   * @return null when the circuit is closed or has no stream id left
   */
  public @Nullable OutgoingResolve resolve(Resolve question) {
    int streamId = newStreamId();
    if (streamId == 0) {
      return null;
    }
    OutgoingResolve asked = new OutgoingResolve(this, streamId);
    questions.put(streamId, asked);
    ByteWriter body = new ByteWriter();
    question.encode(body);
    sendMessage(RelayCommand.RESOLVE, streamId, body.toArray());
    return asked;
  }

  /** Sends a message of at most 498 bytes that is not DATA, and flushes. */
  public void sendMessage(int relayCommand, int streamId, byte[] message) {
    if (closed) {
      return;
    }
    System.arraycopy(message, 0, sender.body(), RelayHeader.DATA, message.length);
    sender.send(relayCommand, streamId, message.length);
    sender.flush();
  }

  // ---- incoming ----

  private void onData(int streamId, byte[] cell, int data, int length) throws ProtocolViolation {
    // Counted before the stream is looked up: the peer counted it when it sent it, whatever has
    // become of the stream since.
    if (flow.dataReceived()) {
      sendCircuitSendme();
    }
    DataStream stream = streams.get(streamId);
    if (stream == null) {
      if (streamId == 0) {
        throw new CircuitViolation("DATA without a stream", DestroyReason.PROTOCOL);
      }
      noStreamForData(streamId); // ended here a moment ago; the peer has yet to read our END
      return;
    }
    stream.onData(cell, data, length);
    if (!stream.touched) {
      stream.touched = true;
      touched.add(stream);
    }
  }

  private void sendCircuitSendme() {
    byte[] body = sender.body();
    body[RelayHeader.DATA] = 1;
    body[RelayHeader.DATA + 1] = 0;
    body[RelayHeader.DATA + 2] = SentTags.TAG_BYTES;
    sender.copyReceivedTag(body, RelayHeader.DATA + 3);
    sender.send(RelayCommand.SENDME, 0, 3 + SentTags.TAG_BYTES);
    sender.flush();
  }

  private void onCircuitSendme(byte[] cell, int data, int length) throws CircuitViolation {
    // An empty body is version 0: legal while sendme_accept_min_version is 0, its default.
    int version = length == 0 ? 0 : cell[data] & 0xff;
    if (version > 1) {
      throw new CircuitViolation("SENDME of an unknown version", DestroyReason.PROTOCOL);
    }
    if (version == 1) {
      int tagLength = length < 3 ? -1 : ((cell[data + 1] & 0xff) << 8) | (cell[data + 2] & 0xff);
      if (tagLength != SentTags.TAG_BYTES || length < 3 + tagLength) {
        throw new CircuitViolation("SENDME with a tag of a wrong length", DestroyReason.PROTOCOL);
      }
    }
    flow.sendme(version, cell, data + 3, sender.nanoTime(), blocked);
    resumeStreams();
  }

  private void onOther(int cellCommand, int command, int streamId, ByteReader body)
      throws ProtocolViolation {
    try {
      if (streamId == 0) {
        circuit.onCircuitMessage(cellCommand, command, streamId, body);
        return;
      }
      switch (command) {
        case RelayCommand.BEGIN -> onBegin(streamId, Begin.decode(body));
        case RelayCommand.BEGIN_DIR -> onBegin(streamId, null);
        case RelayCommand.RESOLVE -> onResolve(streamId, Resolve.decode(body));
        case RelayCommand.RESOLVED -> onResolved(cellCommand, streamId, body);
        case RelayCommand.CONNECTED -> onConnected(streamId, Connected.decode(body));
        case RelayCommand.END -> onEnd(streamId, body);
        case RelayCommand.SENDME -> onStreamSendme(streamId);
        case RelayCommand.XOFF -> onXoff(streamId);
        case RelayCommand.XON -> onXon(streamId, body);
        default -> circuit.onCircuitMessage(cellCommand, command, streamId, body);
      }
    } catch (StreamViolation v) {
      DataStream stream = streams.get(streamId);
      if (stream != null) {
        stream.end(v.reason());
      } else {
        sendEnd(streamId, v.reason());
      }
    } catch (MalformedException e) {
      throw new CircuitViolation("malformed relay message", DestroyReason.PROTOCOL);
    }
  }

  private void onBegin(int streamId, @Nullable Begin begin) throws CircuitViolation {
    if (acceptor == null) {
      throw new CircuitViolation(
          "a stream was asked for where none may be", DestroyReason.PROTOCOL);
    }
    if (streams.containsKey(streamId)) {
      return; // C tor drops a BEGIN for a stream id in use
    }
    if (streams.size() + pendingResolves >= MAX_STREAMS) {
      sendEnd(streamId, EndReason.RESOURCELIMIT);
      return;
    }
    DataStream stream = new DataStream(this, sender.loop(), streamId, DataStream.State.ASKED);
    streams.put(streamId, stream);
    sender.loop().register(stream);
    IncomingStream incoming = new IncomingStream(stream, begin, previousHop);
    if (begin == null) {
      acceptor.onBeginDir(incoming);
    } else {
      acceptor.onBegin(incoming);
    }
  }

  private void onResolve(int streamId, Resolve resolve) throws CircuitViolation {
    if (acceptor == null) {
      throw new CircuitViolation("RESOLVE where none may be", DestroyReason.PROTOCOL);
    }
    if (streams.size() + pendingResolves >= MAX_STREAMS) {
      sendEnd(streamId, EndReason.RESOURCELIMIT);
      return;
    }
    pendingResolves++;
    acceptor.onResolve(new IncomingResolve(this, streamId, resolve, previousHop));
  }

  /** RESOLVED is the end of its stream on both sides: no END follows. */
  private void onResolved(int cellCommand, int streamId, ByteReader body) throws ProtocolViolation {
    if (acceptor != null) {
      circuit.onCircuitMessage(cellCommand, RelayCommand.RESOLVED, streamId, body);
      return;
    }
    OutgoingResolve question = questions.remove(streamId);
    if (question == null) {
      halfClosed.onEnd(streamId); // given up a moment ago, or nobody's
      return;
    }
    try {
      question.answered(Resolved.decode(body));
    } catch (MalformedException e) {
      question.ended(EndReason.TORPROTOCOL); // as C tor; the circuit goes on
    }
  }

  private void onConnected(int streamId, Connected connected) throws CircuitViolation {
    DataStream stream = streams.get(streamId);
    if (stream != null) {
      stream.onConnected(connected);
    } else if (acceptor == null) {
      halfClosed.onConnected(streamId);
    }
  }

  private void onEnd(int streamId, ByteReader body) throws ProtocolViolation, MalformedException {
    // The specification takes a missing reason for MISC; C tor ends the circuit.
    if (body.remaining() == 0) {
      throw new CircuitViolation("END without a reason", DestroyReason.PROTOCOL);
    }
    EndReason reason = new EndReason(body.u8());
    DataStream stream = streams.get(streamId);
    OutgoingResolve question = questions.remove(streamId);
    if (stream != null) {
      stream.onEnd(reason);
    } else if (question != null) {
      question.ended(reason);
    } else if (acceptor == null) {
      halfClosed.onEnd(streamId);
    }
  }

  private void noStreamForData(int streamId) {
    if (acceptor == null) {
      halfClosed.onData(streamId, sender.nanoTime());
    }
  }

  private void onStreamSendme(int streamId) throws CircuitViolation {
    DataStream stream = streams.get(streamId);
    if (stream != null) {
      stream.onSendme();
    } else if (acceptor == null) {
      halfClosed.onSendme(streamId);
    }
  }

  private void onXoff(int streamId) {
    DataStream stream = streams.get(streamId);
    if (stream != null) {
      stream.onXoff();
    } else {
      noStreamForData(streamId);
    }
  }

  private void onXon(int streamId, ByteReader body) throws MalformedException {
    DataStream stream = streams.get(streamId);
    if (stream == null) {
      noStreamForData(streamId);
    } else if (body.remaining() >= Xon.LENGTH) {
      Xon xon = Xon.decode(body);
      if (xon.version() == 0) {
        stream.onXon(xon.kbpsEwma());
      }
    }
  }

  // ---- what the streams call ----

  /** The flow control of a new stream. */
  StreamFlow newStreamFlow(int streamId) {
    return switch (control) {
      case FlowControl.FixedWindows _ -> new StreamWindow(this, streamId);
      case FlowControl.CongestionControl with ->
          new XonXoff(this, streamId, acceptor == null, with);
    };
  }

  /** On a circuit with congestion control, until when cells of a stream that ends may come. */
  HalfClosed halfClosedNow() {
    return HalfClosed.until(
        sender.nanoTime() + Math.max(END_PATIENCE_NANOS, flow.maxRoundTripNanos()));
  }

  /** Monotonic nanoseconds. */
  long nanoTime() {
    return sender.nanoTime();
  }

  EventLoop loop() {
    return sender.loop();
  }

  /** True while the circuit's flow control and its queue let DATA go. */
  boolean mayPackage() {
    if (closed || !flow.maySend()) {
      return false;
    }
    if (sender.congested()) {
      blocked = true;
      return false;
    }
    return true;
  }

  void waitForCircuit(DataStream stream) {
    if (!stream.waiting) {
      stream.waiting = true;
      waiting.add(stream);
    }
  }

  /**
   * Copies the flushed bytes at the head of a stream's outbound buffer into the message under
   * construction, as many as the next DATA may carry, and leaves the buffer as it is.
   *
   * @return bytes copied; 0 when only empty buffers wait
   */
  int gather(ChannelOutboundBuffer out) {
    gatherer.length = 0;
    gatherer.limit = dataLimit();
    try {
      out.forEachFlushedMessage(gatherer);
    } catch (Exception e) {
      throw new IllegalStateException("copying bytes cannot fail", e);
    }
    return gatherer.length;
  }

  private final class Gatherer implements ChannelOutboundBuffer.MessageProcessor {
    int length;
    int limit;

    @Override
    public boolean processMessage(Object message) {
      ByteBuf buf = (ByteBuf) message;
      int n = Math.min(limit - length, buf.readableBytes());
      buf.getBytes(buf.readerIndex(), sender.body(), RelayHeader.DATA + length, n);
      length += n;
      return length < limit;
    }
  }

  /**
   * Bytes the next DATA may carry. Now and then it leaves room for random bytes, so that nobody who
   * knows the data can compute the tag of a cell it did not receive (proposal 289).
   */
  private int dataLimit() {
    return cellsUntilRandom == 0 ? RelayHeader.MAX_DATA - RANDOM_TAIL_BYTES : RelayHeader.MAX_DATA;
  }

  void sendData(int streamId, int length) {
    if (cellsUntilRandom-- == 0) {
      drawRandomInterval();
    }
    sender.send(RelayCommand.DATA, streamId, length);
    flow.dataSent(sender);
  }

  private void drawRandomInterval() {
    int half = Math.max(1, flow.incrementCells() / 2);
    cellsUntilRandom = half - 1 + random.nextInt(half);
  }

  void sendConnected(int streamId, Connected connected) {
    ByteWriter body = new ByteWriter();
    connected.encode(body);
    sendMessage(RelayCommand.CONNECTED, streamId, body.toArray());
  }

  void sendStreamSendme(int streamId) {
    if (!closed) {
      sender.send(RelayCommand.SENDME, streamId, 0);
    }
  }

  void sendXoff(int streamId) {
    sendMessage(RelayCommand.XOFF, streamId, new byte[] {0});
  }

  void sendXon(int streamId, long kbps) {
    ByteWriter body = new ByteWriter();
    new Xon(0, kbps).encode(body);
    sendMessage(RelayCommand.XON, streamId, body.toArray());
  }

  void sendEnd(int streamId, EndReason reason) {
    sendMessage(RelayCommand.END, streamId, new byte[] {(byte) reason.code()});
  }

  /**
   * Sends the END of one of our streams. The reason is for an origin that asked: at an origin
   * ourselves we say MISC, as C tor does, because an exit need not know why we lost interest.
   *
   * @param rest what may still come on the stream
   */
  void endStream(int streamId, End end, HalfClosed rest) {
    if (acceptor == null) {
      halfClosed.add(streamId, rest);
    }
    ByteWriter body = new ByteWriter();
    (acceptor == null ? new End(EndReason.MISC) : end).encode(body);
    sendMessage(RelayCommand.END, streamId, body.toArray());
  }

  void answerResolve(int streamId, Resolved resolved) {
    pendingResolves--;
    ByteWriter body = new ByteWriter();
    resolved.encode(body);
    sendMessage(RelayCommand.RESOLVED, streamId, body.toArray());
  }

  void flush() {
    if (!closed) {
      sender.flush();
    }
  }

  @SuppressWarnings("ReferenceEquality") // the id may have been given to another stream
  void forget(DataStream stream) {
    if (streams.get(stream.streamId()) == stream) {
      streams.remove(stream.streamId());
    }
    waiting.remove(stream);
  }

  /** Our question is not wanted any more; its id stays taken until the peer's answer came. */
  @SuppressWarnings("ReferenceEquality") // the id may have been given to another one
  void abandonResolve(OutgoingResolve question, EndReason reason) {
    if (questions.get(question.streamId()) == question) {
      questions.remove(question.streamId());
      HalfClosed rest = newStreamFlow(question.streamId()).halfClosed().withoutData();
      endStream(question.streamId(), new End(reason), rest);
      question.ended(reason);
    }
  }

  private @Nullable DataStream open(int relayCommand, byte[] message) {
    int streamId = newStreamId();
    if (streamId == 0) {
      return null;
    }
    DataStream stream = new DataStream(this, sender.loop(), streamId, DataStream.State.BEGUN);
    streams.put(streamId, stream);
    sender.loop().register(stream);
    sendMessage(relayCommand, streamId, message);
    return stream;
  }

  /** An id for a stream of ours, or 0 when the circuit is closed or has none left. */
  private int newStreamId() {
    int taken = streams.size() + questions.size();
    if (closed || taken >= MAX_STREAMS || taken + halfClosed.size() >= MAX_STREAM_ID) {
      return 0;
    }
    do {
      lastStreamId = lastStreamId % MAX_STREAM_ID + 1;
    } while (streams.containsKey(lastStreamId)
        || questions.containsKey(lastStreamId)
        || halfClosed.contains(lastStreamId));
    return lastStreamId;
  }
}
