package org.tunic.router.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;

/**
 * Drives a {@link Handshake} over a socket, with a time limit, until the channel is open or the
 * socket closed.
 *
 * <p>Threads: event loop of the socket.
 */
final class Negotiation implements CellSink {
  /** Learns the outcome, once. */
  interface Listener {
    /** The channel is open; returns what gets its cells from now on. */
    CellSink onNegotiated(Negotiated negotiated);

    /** There will be no channel; the socket is closed. */
    void onFailed(ConnectException why);
  }

  private static final Logger log = LoggerFactory.getLogger(Negotiation.class);

  private final io.netty.channel.Channel socket;
  private final CellFramer framer;
  private final Handshake handshake;
  private final CellCounters counters;
  private final Listener listener;
  private final Future<?> deadline;
  private boolean wide;
  private boolean decided;

  /** Sends the first cells of an initiator, if {@code handshake} is one, and starts the clock. */
  Negotiation(
      io.netty.channel.Channel socket,
      CellFramer framer,
      Handshake handshake,
      CellCounters counters,
      Duration timeout,
      Listener listener) {
    this.socket = socket;
    this.framer = framer;
    this.handshake = handshake;
    this.counters = counters;
    this.listener = listener;
    this.deadline =
        socket
            .eventLoop()
            .schedule(
                () -> fail(ConnectException.Reason.TIMEOUT, "negotiation took too long"),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
    send();
  }

  @Override
  public void onCell(
      int circuitId, int code, ByteBuf cells, int cellIndex, int headerLength, int bodyLength) {
    if (decided) {
      return;
    }
    counters.addRead(CellCounters.Kind.of(code), 1);
    try {
      step(circuitId, code, cells, cellIndex, headerLength, bodyLength);
    } catch (ChannelViolation v) {
      onViolation(v);
    } catch (ConnectException e) {
      fail(e);
    } catch (RuntimeException e) {
      log.error("a negotiation failed", e);
      fail(ConnectException.Reason.PROTOCOL, "internal error");
    }
  }

  private void step(
      int circuitId, int code, ByteBuf cells, int cellIndex, int headerLength, int bodyLength)
      throws ChannelViolation, ConnectException {
    if (circuitId != 0) {
      throw new ChannelViolation("a cell of a circuit before the channel is open");
    }
    CellCommand command = CellCommand.of(code);
    byte[] cell = new byte[headerLength + bodyLength];
    cells.getBytes(cellIndex, cell);
    if (command != CellCommand.AUTHENTICATE) {
      handshake.received(cell);
    }
    if (isPadding(code, command)) {
      return;
    }
    if (command == null || !handshake.accepts(command)) {
      throw new ChannelViolation("command not allowed in this state of the negotiation");
    }
    ChannelMessage message;
    try {
      message = ChannelMessage.decode(command, new ByteReader(cell, headerLength, bodyLength));
    } catch (CircuitViolation v) {
      throw new IllegalStateException("no state accepts cells of circuits", v);
    }
    handshake.on(message);
    send();
    if (!wide && handshake.linkProtocol().isPresent()) {
      wide = true;
      framer.useWideCircuitIds();
    }
    handshake.negotiated().ifPresent(this::open);
  }

  /**
   * What may come at any time and means nothing: VPADDING, unknown variable-length cells, PADDING.
   */
  private boolean isPadding(int code, @org.jspecify.annotations.Nullable CellCommand command) {
    if (command == null) {
      return CellCommand.isVariableLength(code);
    }
    return switch (command) {
      case VPADDING, AUTHORIZE -> true;
      case PADDING -> wide;
      case CREATE, CREATED, RELAY, DESTROY, CREATE_FAST, CREATED_FAST, RELAY_EARLY -> false;
      case CREATE2, CREATED2, PADDING_NEGOTIATE -> false;
      case VERSIONS, NETINFO, CERTS, AUTH_CHALLENGE, AUTHENTICATE -> false;
    };
  }

  private void send() {
    byte[] cells = handshake.takeOutput();
    if (cells.length > 0) {
      socket.writeAndFlush(Unpooled.wrappedBuffer(cells));
    }
  }

  private void open(Negotiated negotiated) {
    decided = true;
    deadline.cancel(false);
    framer.open(listener.onNegotiated(negotiated));
  }

  private void fail(ConnectException.Reason reason, String fixedText) {
    fail(new ConnectException(reason, fixedText));
  }

  private void fail(ConnectException why) {
    if (decided) {
      return;
    }
    decided = true;
    deadline.cancel(false);
    framer.stop();
    socket.close();
    log.debug("no channel: {}", why.getMessage());
    listener.onFailed(why);
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onWritabilityChanged() {}

  @Override
  public void onViolation(ChannelViolation violation) {
    String text = violation.getMessage();
    log.debug(ProtocolViolation.LOG, "negotiation: {}", text);
    fail(ConnectException.Reason.PROTOCOL, text == null ? "violation" : text);
  }

  @Override
  public void onClosed() {
    fail(ConnectException.Reason.NETWORK, "closed by the peer during the negotiation");
  }
}
