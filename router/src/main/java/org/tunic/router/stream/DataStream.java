package org.tunic.router.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.End;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.RelayHeader;

/**
 * One Tor stream as a Netty channel, so that an HTTP pipeline or a byte bridge runs over the
 * overlay as over TCP.
 *
 * <p>Writes become DATA messages as fast as the flow control of stream and circuit and the
 * circuit's queue allow; until then they wait in Netty's outbound buffer, so {@link #isWritable()}
 * is flow control. Incoming DATA is gathered per socket read and handed up when the pipeline asks
 * for it. A reader that stops holds the peer back: with fixed windows after 500 cells (243 KiB),
 * with congestion control after XOFF ({@link XonXoff}). Closing sends END; Tor streams have no
 * half-close.
 *
 * <p>A stream starts with {@code autoRead} off. A stream opened by us may be written to before it
 * is connected (optimistic data); one opened by the peer holds writes until it is accepted.
 *
 * <p>Spec: tor-spec/opening-streams. Threads: event loop of the circuit; Netty's own channel
 * methods may be called from any thread, as on any channel.
 */
public final class DataStream extends AbstractChannel {
  /** Bytes of one gathered buffer; a read batch beyond it starts another. */
  private static final int GATHER_BYTES = 16 * 1024;

  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  /** Where the stream is in its life. */
  enum State {
    /** Opened by us: BEGIN is sent, CONNECTED has not come. Writing is allowed. */
    BEGUN,
    /** Asked for by the peer, not answered. Writes wait. */
    ASKED,
    OPEN,
    /** The peer's END came; what was received is still to be read. */
    ENDED,
    CLOSED
  }

  /** What a stream tells its pipeline as a user event. */
  public enum Event {
    /** It ended, and bytes that came before are still to be read. */
    ENDED_UNREAD
  }

  private final HopEndpoint hop;
  private final EventLoop loop;
  private final int streamId;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final Promise<Connected> connected;

  private State state;
  private final StreamFlow flow;

  private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();

  private long heldBytes; // in received

  /** Monotonic time since when the reader has taken nothing of what is held. */
  private long heldSinceNanos;

  private boolean readRequested;

  /**
   * True inside {@link #writeLoop}: removing bytes tells the pipeline that the stream is writable
   * again, whose answer may be a write and flush before the removal is complete.
   */
  private boolean writing;

  /** True while a task of the loop waits to send on. */
  private boolean retrying;

  private EndReason endReason = EndReason.DONE;
  private @Nullable End refusal; // what to send instead of the bare reason

  private boolean holding; // something was left over when the last read came to its end

  /** True while this stream stands in its hop's list of streams to resume. */
  boolean waiting;

  /** True while this stream stands in its hop's list of streams that got data in this batch. */
  boolean touched;

  DataStream(HopEndpoint hop, EventLoop loop, int streamId, State state) {
    super(null);
    this.hop = hop;
    this.loop = loop;
    this.streamId = streamId;
    this.state = state;
    this.flow = hop.newStreamFlow(streamId);
    this.connected = loop.newPromise();
    config.setAutoRead(false);
  }

  /** The stream id on its circuit, 1–65535. */
  public int streamId() {
    return streamId;
  }

  /**
   * Completes with the peer's CONNECTED, or fails with {@link StreamEndedException} when the stream
   * ends first.
   */
  public Future<Connected> connected() {
    return connected;
  }

  /**
   * Why the stream ended, once it is closed: the peer's END reason, or ours, which the exit is not
   * told.
   */
  public EndReason endReason() {
    return endReason;
  }

  /** Closes with a reason other than DONE. Threads: any. */
  public void close(EndReason reason) {
    if (loop.inEventLoop()) {
      end(reason);
    } else {
      loop.execute(() -> end(reason));
    }
  }

  // ---- what the hop calls ----

  void end(EndReason reason) {
    assert loop.inEventLoop();
    if (state == State.CLOSED || state == State.ENDED) {
      close();
      return;
    }
    endReason = reason;
    close();
  }

  /** Ends with an END that carries more than its reason. */
  void end(End message) {
    refusal = message;
    end(message.reason());
  }

  void accept(Connected message) {
    assert loop.inEventLoop();
    if (state != State.ASKED) {
      return;
    }
    state = State.OPEN;
    hop.sendConnected(streamId, message);
    connected.trySuccess(message);
    resume(Integer.MAX_VALUE);
  }

  void onConnected(Connected message) throws CircuitViolation {
    if (state != State.BEGUN) {
      throw new CircuitViolation(
          "CONNECTED for a stream that is not opening", DestroyReason.PROTOCOL);
    }
    state = State.OPEN;
    connected.trySuccess(message);
  }

  void onData(byte[] cell, int dataOffset, int length) throws CircuitViolation {
    flow.received(length);
    if (state == State.ENDED || state == State.CLOSED) {
      return;
    }
    ByteBuf last = received.peekLast();
    if (last == null || last.readableBytes() + length > GATHER_BYTES) {
      last = alloc().ioBuffer(4 * RelayHeader.MAX_DATA, GATHER_BYTES);
      received.add(last);
    }
    last.writeBytes(cell, dataOffset, length);
    heldBytes += length;
  }

  /** Bytes that came and that nobody has read. */
  public long heldBytes() {
    assert loop.inEventLoop();
    return heldBytes;
  }

  /** Monotonic time since when the reader has taken nothing, while something is held. */
  long heldSinceNanos() {
    return heldSinceNanos;
  }

  void onSendme() throws CircuitViolation {
    flow.onSendme();
    resume(Integer.MAX_VALUE);
  }

  void onXoff() {
    flow.onXoff();
  }

  void onXon(long kbps) {
    flow.onXon(kbps);
    resume(Integer.MAX_VALUE);
  }

  void onEnd(EndReason reason) {
    if (state == State.CLOSED || state == State.ENDED) {
      return;
    }
    boolean unanswered = state == State.ASKED;
    endReason = reason;
    state = State.ENDED;
    connected.tryFailure(new StreamEndedException(reason));
    if (unanswered || received.isEmpty()) {
      unsafe().close(voidPromise());
    } else {
      if (readRequested) {
        deliver();
      }
      if (!received.isEmpty()) {
        pipeline().fireUserEventTriggered(Event.ENDED_UNREAD);
      }
    }
  }

  /** The circuit is gone: what it brought is still to be read, as after END. */
  void onCircuitClosed(EndReason reason) {
    onEnd(reason);
  }

  /** A read came to its end: hands what was gathered to the pipeline, if it asked for it. */
  void batchEnded() {
    touched = false;
    boolean held = holding;
    deliver();
    holding = !received.isEmpty();
    if (holding && !held) {
      heldSinceNanos = hop.nanoTime();
    }
    if (state != State.CLOSED && state != State.ENDED) {
      flow.batchEnded();
    }
  }

  private void deliver() {
    if (!readRequested || received.isEmpty() || state == State.ASKED) {
      return;
    }
    readRequested = false;
    int bytes = 0;
    for (ByteBuf next; (next = received.poll()) != null; ) {
      int length = next.readableBytes();
      bytes += length;
      heldBytes -= length;
      pipeline().fireChannelRead(next);
      if (!config.isAutoRead() && flow.offersByTheBuffer()) {
        break;
      }
    }
    if (!received.isEmpty()) {
      heldSinceNanos = hop.nanoTime();
    }
    if (state == State.OPEN || state == State.BEGUN) {
      flow.taken(bytes);
    }
    pipeline().fireChannelReadComplete();
    if (state == State.ENDED && received.isEmpty()) {
      unsafe().close(voidPromise());
    }
  }

  /**
   * Sends waiting data while flow control allows.
   *
   * @param maxCells the most cells this turn, so that streams of a circuit take turns
   * @return true if there is more to send and only the turn ended
   */
  boolean resume(int maxCells) {
    ChannelOutboundBuffer out = unsafe().outboundBuffer();
    if (out == null || out.isEmpty() || !maySend()) {
      return false;
    }
    return write(out, maxCells);
  }

  private boolean maySend() {
    return state == State.OPEN || state == State.BEGUN;
  }

  private boolean write(ChannelOutboundBuffer out, int maxCells) {
    if (writing) {
      return false; // the loop below sees what was added
    }
    writing = true;
    try {
      return writeLoop(out, maxCells);
    } finally {
      writing = false;
    }
  }

  private boolean writeLoop(ChannelOutboundBuffer out, int maxCells) {
    boolean sent = false;
    boolean more = false;
    while (!out.isEmpty()) {
      if (!flow.maySend()) {
        retryLater();
        break;
      }
      if (!hop.mayPackage()) {
        hop.waitForCircuit(this);
        break;
      }
      if (maxCells-- == 0) {
        more = true;
        break;
      }
      int length = hop.gather(out);
      if (length > 0) {
        flow.sent(length);
        hop.sendData(streamId, length);
        sent = true;
      }
      // Last, because it completes promises, whose listeners may close this stream or write to
      // another one of the same circuit.
      out.removeBytes(length);
    }
    if (sent) {
      hop.flush();
    }
    return more;
  }

  /** The peer's rate is used up: time alone lets more go. */
  private void retryLater() {
    long nanos = flow.retryNanos();
    if (nanos > 0 && !retrying) {
      retrying = true;
      loop.schedule(
          () -> {
            retrying = false;
            resume(Integer.MAX_VALUE);
          },
          nanos,
          TimeUnit.NANOSECONDS);
    }
  }

  // ---- what Netty calls ----

  @Override
  protected void doWrite(ChannelOutboundBuffer out) {
    if (maySend()) {
      write(out, Integer.MAX_VALUE);
    } else if (state == State.ENDED) {
      dropWrites(out);
    }
  }

  /** Nobody will take them. Not a failure: what the peer said last is still to be read. */
  private static void dropWrites(ChannelOutboundBuffer out) {
    boolean more;
    do {
      more = out.remove();
    } while (more);
  }

  @Override
  protected void doBeginRead() {
    readRequested = true;
    if (!received.isEmpty() || state == State.ENDED) {
      loop.execute(
          () -> {
            if (state == State.ENDED && received.isEmpty()) {
              unsafe().close(voidPromise());
            } else {
              deliver();
            }
          });
    }
  }

  @Override
  protected void doClose() {
    State was = state;
    state = State.CLOSED;
    if (was != State.ENDED && was != State.CLOSED) {
      HalfClosed rest = flow.halfClosed();
      hop.endStream(
          streamId,
          refusal == null ? new End(endReason) : refusal,
          was == State.BEGUN ? rest.beforeConnected() : rest);
    }
    hop.forget(this);
    for (ByteBuf next; (next = received.poll()) != null; ) {
      next.release();
    }
    heldBytes = 0;
    connected.tryFailure(new StreamEndedException(endReason));
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf) {
      return message;
    }
    throw new IllegalArgumentException("a stream carries ByteBuf, not " + message.getClass());
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return state != State.CLOSED;
  }

  @Override
  public boolean isActive() {
    return state != State.CLOSED;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new StreamUnsafe();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // this very loop
  protected boolean isCompatible(EventLoop candidate) {
    return candidate == loop;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return null;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected void doBind(SocketAddress localAddress) {
    throw new UnsupportedOperationException("a stream has no address");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(
        SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
      safeSetFailure(promise, new ClosedChannelException());
    }
  }
}
