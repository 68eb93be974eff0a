package org.tunic.router.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelViolation;

/**
 * Cuts the decrypted bytes of one socket into cells.
 *
 * <p>Buffers arrive as TLS records end, up to 16 KiB each, and records do not end on cell borders.
 * Whole cells are handed on where they lie; only the cell that a record border cuts in two is
 * copied, into a buffer of its own. Fixed-length cells are 514 bytes (512 with the two-byte circuit
 * ids before VERSIONS); variable-length cells have at most {@link #MAX_VARIABLE_BODY} bytes while
 * channels are negotiated, and are stepped over without being kept afterwards, where none has a
 * meaning.
 *
 * <p>Spec: tor-spec/cell-packet-format
 *
 * <p>Threads: event loop of the socket.
 */
public final class CellFramer extends ChannelInboundHandlerAdapter {
  /**
   * Longest body of a variable-length cell during negotiation, in bytes. C tor's CERTS have 700.
   */
  public static final int MAX_VARIABLE_BODY = 16 * 1024;

  /** Bytes of a fixed-length cell with a four-byte circuit id. */
  public static final int FIXED_CELL = 514;

  private static final Logger log = LoggerFactory.getLogger(CellFramer.class);
  private static final int LENGTH_FIELD = 2;

  private @Nullable CellSink sink;
  private @Nullable ByteBuf carry; // the part of a cut cell that is here, or null
  private int circuitIdLength = 2;
  private boolean skipsVariable;
  private int toSkip; // bytes of a skipped body still to come
  private boolean stopped;

  /** A framer whose first cell is VERSIONS. */
  public CellFramer() {}

  /** Sets what takes the cells of the negotiation, before any byte arrives. */
  public void receive(CellSink first) {
    sink = first;
  }

  /** From the next cell on circuit ids have four bytes: link protocol 4 or later was agreed. */
  public void useWideCircuitIds() {
    circuitIdLength = 4;
  }

  /** From the next cell on another sink takes over; variable-length cells mean nothing to it. */
  public void open(CellSink next) {
    sink = next;
    skipsVariable = true;
  }

  /** Nothing more is handed on, not even that the socket closes. */
  public void stop() {
    stopped = true;
    sink = null;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (!stopped) {
        completeCarried(in);
        cut(in);
        keepRest(ctx, in);
      }
    } finally {
      in.release();
    }
  }

  private void cut(ByteBuf in) {
    while (!stopped && in.isReadable()) {
      if (toSkip > 0) {
        skip(in);
        continue;
      }
      int length = cellLength(in, in.readerIndex(), in.readableBytes());
      if (length < 0 || (length > in.readableBytes() && !startSkipping(in))) {
        return;
      }
      if (toSkip == 0) {
        deliver(in, in.readerIndex(), length);
        in.skipBytes(length);
      }
    }
  }

  /** Moves what the cut cell lacks from {@code in} into the carried part and hands it on. */
  private void completeCarried(ByteBuf in) {
    ByteBuf held = carry;
    if (held == null || !held.isReadable()) {
      return;
    }
    while (true) {
      int length = cellLength(held, 0, held.readableBytes());
      if (stopped) {
        return;
      }
      if (held.readableBytes() == length) {
        deliver(held, 0, length);
        held.clear();
        return;
      }
      if (length > 0 && startSkipping(held)) {
        held.clear();
        return;
      }
      if (!in.isReadable()) {
        return;
      }
      int missing = Math.min(Math.abs(length) - held.readableBytes(), in.readableBytes());
      held.ensureWritable(missing);
      in.readBytes(held, missing);
    }
  }

  private void keepRest(ChannelHandlerContext ctx, ByteBuf in) {
    if (stopped || !in.isReadable()) {
      return;
    }
    ByteBuf held = carry;
    if (held == null) {
      held = ctx.alloc().directBuffer(FIXED_CELL);
      carry = held;
    }
    held.writeBytes(in);
  }

  /**
   * The length of the cell at {@code index}; negative, and as large as what is needed to know more,
   * if its header is not here.
   */
  private int cellLength(ByteBuf in, int index, int available) {
    int header = circuitIdLength + 1;
    if (available < header) {
      return -header;
    }
    int command = in.getUnsignedByte(index + circuitIdLength);
    if (!CellCommand.isVariableLength(command)) {
      return header + CellCommand.CELL_BODY_LEN;
    }
    if (available < header + LENGTH_FIELD) {
      return -(header + LENGTH_FIELD);
    }
    int body = in.getUnsignedShort(index + header);
    if (body > MAX_VARIABLE_BODY && !skipsVariable) {
      violated(new ChannelViolation("variable-length cell too long"));
    }
    return header + LENGTH_FIELD + body;
  }

  /** Drops a variable-length cell that is not here as a whole; false if it has to be waited for. */
  private boolean startSkipping(ByteBuf in) {
    int at = in.readerIndex() + circuitIdLength;
    if (!skipsVariable || !CellCommand.isVariableLength(in.getUnsignedByte(at))) {
      return false;
    }
    int length = circuitIdLength + 1 + LENGTH_FIELD + in.getUnsignedShort(at + 1);
    toSkip = length - in.readableBytes();
    in.skipBytes(in.readableBytes());
    return true;
  }

  private void skip(ByteBuf in) {
    int now = Math.min(toSkip, in.readableBytes());
    in.skipBytes(now);
    toSkip -= now;
  }

  private void deliver(ByteBuf in, int index, int length) {
    CellSink to = sink;
    if (to == null) {
      return;
    }
    int circuitId = circuitIdLength == 4 ? in.getInt(index) : in.getUnsignedShort(index);
    int command = in.getUnsignedByte(index + circuitIdLength);
    int header = circuitIdLength + 1;
    if (CellCommand.isVariableLength(command)) {
      if (skipsVariable) {
        return;
      }
      header += LENGTH_FIELD;
    }
    to.onCell(circuitId, command, in, index, header, length - header);
  }

  private void violated(ChannelViolation violation) {
    CellSink to = sink;
    stop();
    if (to != null) {
      to.onViolation(violation);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ByteBuf held = carry;
    if (held != null && !held.isReadable()) {
      held.release();
      carry = null;
    }
    if (sink != null) {
      sink.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (sink != null) {
      sink.onWritabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    closed();
    ByteBuf held = carry;
    carry = null;
    if (held != null) {
      held.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("socket broke: {}", cause.getClass().getSimpleName());
    closed();
    ctx.close();
  }

  private void closed() {
    CellSink to = sink;
    stop();
    if (to != null) {
      to.onClosed();
    }
  }
}
