package org.tunic.router.stream;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.digest.Sha;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;

/**
 * The two ends of one hop joined by a wire without cipher or network: what one sends the other gets
 * when {@link #pump()} is called. The tag of a cell is its SHA-1.
 *
 * <p>Threads: everything runs on {@link #loop} through {@link #call}.
 */
final class JoinedHops implements AutoCloseable {
  final DefaultEventLoop loop = new DefaultEventLoop();
  final End origin;
  final End relay;
  final List<IncomingStream> asked = new ArrayList<>();
  final List<DataStream> opened = new ArrayList<>();
  final List<IncomingResolve> resolves = new ArrayList<>();

  /** What the clock shows. */
  long nanos = 1;

  /** How long cells travel: the clock goes on by so much whenever they are carried. */
  long travelNanos = 20_000_000;

  private final FlowControl control;

  JoinedHops(long seed) {
    this(seed, new FlowControl.FixedWindows(1000));
  }

  JoinedHops(long seed, FlowControl control) {
    this.control = control;
    origin = new End(null, seed);
    relay =
        new End(
            new StreamAcceptor() {
              @Override
              public void onBegin(IncomingStream stream) {
                asked.add(stream);
              }

              @Override
              public void onBeginDir(IncomingStream stream) {
                asked.add(stream);
              }

              @Override
              public void onResolve(IncomingResolve resolve) {
                resolves.add(resolve);
              }
            },
            seed + 1);
    origin.peer = relay;
    relay.peer = origin;
  }

  /** Runs on the loop and waits. */
  <T> T call(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  void run(ThrowingRunnable task) throws Exception {
    call(
        () -> {
          task.run();
          return true;
        });
  }

  /** Carries cells both ways, and lets the loop's tasks run, until nothing moves. */
  void pump() throws Exception {
    boolean moved = true;
    while (moved) {
      moved =
          call(
              () -> {
                nanos += travelNanos;
                return origin.deliver() | relay.deliver();
              });
    }
  }

  interface ThrowingRunnable {
    void run() throws Exception;
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          origin.hop.close(EndReason.DESTROY);
          relay.hop.close(EndReason.DESTROY);
          opened.forEach(DataStream::close); // some with data that nobody read
        });
    loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
  }

  /** One end and the cells it sent that were not carried yet. */
  final class End implements HopSender {
    final HopEndpoint hop;
    final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    final List<Integer> circuitMessages = new ArrayList<>();
    End peer = this;
    boolean congested;
    int dataSent;
    @Nullable ProtocolViolation violation;

    private final byte[] body = new byte[CellCommand.CELL_BODY_LEN];
    private final RelayHeader header = new RelayHeader();
    private final Random filler;
    private byte[] sentTag = new byte[20];
    private byte[] receivedTag = new byte[20];

    End(@Nullable StreamAcceptor acceptor, long seed) {
      filler = new Random(seed);
      hop =
          new HopEndpoint(
              this, this::onCircuitMessage, acceptor, PreviousHop.NONE, control, filler);
    }

    private void onCircuitMessage(int cell, int command, int streamId, ByteReader body) {
      circuitMessages.add(command);
    }

    boolean deliver() {
      boolean any = false;
      for (byte[] cell; (cell = peer.sent.poll()) != null; ) {
        any = true;
        receive(cell);
      }
      hop.onBatchEnd();
      return any;
    }

    void receive(byte[] cell) {
      receivedTag = Sha.sha1(cell);
      try {
        hop.onRelayCell(CellCommand.RELAY_CODE, cell, 0);
      } catch (ProtocolViolation v) {
        violation = v;
      }
    }

    CircuitViolation violation() {
      return (CircuitViolation) java.util.Objects.requireNonNull(violation);
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public byte[] body() {
      return body;
    }

    @Override
    public void send(int relayCommand, int streamId, int length) {
      header.wrap(body, 0).write(relayCommand, streamId, body, RelayHeader.DATA, length, filler);
      byte[] cell = body.clone();
      sentTag = Sha.sha1(cell);
      sent.add(cell);
      if (relayCommand == RelayCommand.DATA) {
        dataSent++;
      }
    }

    @Override
    public boolean congested() {
      return congested;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void flush() {}

    @Override
    public void copySentTag(byte[] into, int offset) {
      System.arraycopy(sentTag, 0, into, offset, 20);
    }

    @Override
    public void copyReceivedTag(byte[] into, int offset) {
      System.arraycopy(receivedTag, 0, into, offset, 20);
    }
  }
}
