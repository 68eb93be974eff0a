package org.tunic.router.stream.bridge;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.HopEndpoint;
import org.tunic.router.stream.HopSender;
import org.tunic.router.stream.PreviousHop;
import org.tunic.router.stream.StreamAcceptor;

/**
 * Both ends of one hop on one event loop, without cipher or network: real streams with real windows
 * that carry cells by themselves as long as the loop runs.
 *
 * <p>Threads: any; the hops live on the loop.
 */
public final class LoopHops implements AutoCloseable {
  private static final int MAX_QUEUED_CELLS = 256;

  private final EventLoop loop;
  private final End origin;
  private final End relay;

  private final FlowControl control;

  public LoopHops(EventLoop loop, @Nullable StreamAcceptor acceptor, boolean authenticated) {
    this(loop, acceptor, authenticated, new FlowControl.FixedWindows(1000));
  }

  public LoopHops(
      EventLoop loop,
      @Nullable StreamAcceptor acceptor,
      boolean authenticated,
      FlowControl control) {
    this.control = control;
    this.loop = loop;
    this.origin = new End(null, true, 1);
    this.relay = new End(acceptor, authenticated, 2);
    origin.peer = relay;
    relay.peer = origin;
  }

  /** Opens a stream from the origin. */
  public DataStream begin(String host, int port, int flags) throws Exception {
    return call(() -> opened(origin.hop.begin(new Begin(host, port, flags))));
  }

  /** Opens a directory stream from the origin. */
  public DataStream beginDir() throws Exception {
    return call(() -> opened(origin.hop.beginDir()));
  }

  /** Asks the relay for a name from the origin; completes with the answer. */
  public CompletableFuture<Resolved> resolve(String host) throws Exception {
    return call(() -> Objects.requireNonNull(origin.hop.resolve(new Resolve(host))).answer());
  }

  /** Sends a relay message from the origin. */
  public void send(int relayCommand, int streamId, byte[] message) throws Exception {
    call(
        () -> {
          origin.hop.sendMessage(relayCommand, streamId, message);
          origin.flush();
          return true;
        });
  }

  /** What the origin's hop did not understand: commands and bodies. */
  public ArrayDeque<byte[]> originMessages() {
    return origin.circuitMessages;
  }

  public <T> T call(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  /** Ends the circuit. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          origin.hop.close(EndReason.DESTROY);
          relay.hop.close(EndReason.DESTROY);
        });
  }

  private static DataStream opened(@Nullable DataStream stream) {
    if (stream == null) {
      throw new AssertionError("no stream id left");
    }
    return stream;
  }

  private final class End implements HopSender {
    private final HopEndpoint hop;
    private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    private final ArrayDeque<byte[]> circuitMessages = new ArrayDeque<>();
    private final byte[] body = new byte[CellCommand.CELL_BODY_LEN];
    private final RelayHeader header = new RelayHeader();
    private final Random filler;
    private byte[] sentTag = new byte[20];
    private byte[] receivedTag = new byte[20];
    private boolean scheduled;
    private @Nullable End peer;

    End(@Nullable StreamAcceptor acceptor, boolean authenticated, long seed) {
      filler = new Random(seed);
      hop = new HopEndpoint(this, this::keep, acceptor, previous(authenticated), control, filler);
    }

    private static PreviousHop previous(boolean authenticated) {
      RelayIds relay = RelayIds.ofRsa(RsaIdentity.of(new byte[RsaIdentity.LENGTH]));
      return new PreviousHop(
          authenticated ? Optional.of(relay) : Optional.empty(),
          Optional.of(InetAddress.getLoopbackAddress()));
    }

    private void keep(int cell, int command, int streamId, ByteReader body) {
      byte[] all = new byte[1 + body.remaining()];
      all[0] = (byte) command;
      for (int i = 1; i < all.length; i++) {
        try {
          all[i] = (byte) body.u8();
        } catch (org.tunic.crypto.bytes.MalformedException e) {
          throw new AssertionError(e);
        }
      }
      circuitMessages.add(all);
    }

    private void deliver() {
      scheduled = false;
      End to = peer;
      if (to == null) {
        return;
      }
      for (byte[] cell; (cell = sent.poll()) != null; ) {
        to.receivedTag = Sha.sha1(cell);
        try {
          to.hop.onRelayCell(CellCommand.RELAY_CODE, cell, 0);
        } catch (ProtocolViolation v) {
          throw new AssertionError(v);
        }
      }
      to.hop.onBatchEnd();
      hop.resume();
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
    }

    @Override
    public boolean congested() {
      return sent.size() > MAX_QUEUED_CELLS;
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void flush() {
      if (!scheduled) {
        scheduled = true;
        loop.execute(this::deliver);
      }
    }

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
