package org.tunic.router.stream.bridge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.DataStream;

/**
 * Carries bytes both ways between two channels until either ends.
 *
 * <p>Two halves, each a handler at the end of the pipeline it reads from. A half writes what it
 * reads straight to the other channel (from another loop Netty hands the write over in a pooled
 * task) and flushes once a read batch. When the other channel is no longer writable the half stops
 * reading, and the other channel's writability event starts it again: at most {@link
 * #HIGH_WATER_BYTES} and one read wait on either side, however fast one end and slow the other.
 *
 * <p>Tor streams have no half-close: when one channel has no more to say, what it said is delivered
 * and then both are closed, as C tor does. Bytes on their way in the other direction are still
 * handed to a TCP peer that only shut down its sending side. A connection that was reset ends the
 * stream with CONNRESET at once.
 *
 * <p>Trap: on EPOLLRDHUP Netty's epoll transport reads a socket to its end whether or not reading
 * is switched off. What the kernel may hold is therefore part of the bound: sockets that are to be
 * bridged get {@link #configureSocket receive buffers of a fixed size}.
 *
 * <p>Spec: tor-spec/closing-streams. Threads: each half on the event loop of its channel; joined
 * from any.
 */
public final class ByteBridge {
  /** Bytes waiting to be written to one channel at which the other is no longer read. */
  static final int HIGH_WATER_BYTES = 256 * 1024;

  /** Bytes waiting at which reading goes on. */
  static final int LOW_WATER_BYTES = 64 * 1024;

  /** Bytes: the largest single read from a socket. */
  static final int MAX_READ_BYTES = 64 * 1024;

  /** Bytes: SO_RCVBUF of a bridged socket; Linux doubles it for its own book-keeping. */
  static final int RECEIVE_BUFFER_BYTES = 512 * 1024;

  private ByteBridge() {}

  /** Where a socket option goes: to a bootstrap or to an open channel. */
  public interface Options {
    <T> void set(ChannelOption<T> option, T value);
  }

  /** Sets what a TCP channel needs to be bridged. Reading starts switched off. */
  public static void configureSocket(Options options) {
    options.set(ChannelOption.AUTO_READ, false);
    options.set(ChannelOption.ALLOW_HALF_CLOSURE, true);
    options.set(ChannelOption.TCP_NODELAY, true);
    options.set(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    options.set(ChannelOption.RECVBUF_ALLOCATOR, receiveAllocator());
  }

  /** The handler of a bootstrap whose channels get their pipeline when they are connected. */
  public static ChannelHandler noHandler() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {}
    };
  }

  /** Reads of 2 KiB that grow to 64 KiB as long as they are filled. */
  public static RecvByteBufAllocator receiveAllocator() {
    return new AdaptiveRecvByteBufAllocator(2048, 2048, MAX_READ_BYTES);
  }

  /**
   * Joins two open channels and switches reading on. Both must have reading off, and nothing unread
   * may lie in their pipelines.
   *
   * @param stallLimit how long a closing TCP channel may make no progress with what is still to be
   *     written to it before it is cut off. Without such a limit a destination that never reads
   *     could fill an exit with the tails of ended streams.
   */
  public static void join(Channel one, Channel other, Duration stallLimit) {
    WriteBufferWaterMark mark = new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES);
    one.config().setWriteBufferWaterMark(mark);
    other.config().setWriteBufferWaterMark(mark);
    Half there = new Half(one, other, stallLimit);
    Half back = new Half(other, one, stallLimit);
    there.opposite = back;
    back.opposite = there;
    one.pipeline().addLast(there);
    other.pipeline().addLast(back);
    one.config().setAutoRead(true);
    other.config().setAutoRead(true);
  }

  private static void close(Channel channel, EndReason reason) {
    if (channel instanceof DataStream stream) {
      stream.close(reason);
    } else {
      channel.close();
    }
  }

  private static void resumeReading(Channel channel) {
    channel.config().setAutoRead(true);
  }

  /** One direction. Threads: event loop of {@code source}. */
  private static final class Half extends ChannelInboundHandlerAdapter {
    private final Channel source;
    private final Channel sink;
    private final Duration stallLimit;

    /** The half that reads from our sink. Set before either is in a pipeline. */
    private Half opposite;

    /** True from the moment the source has nothing more to say; read by the other half's loop. */
    private volatile boolean ended;

    @SuppressWarnings("NullAway.Init") // opposite: see there
    Half(Channel source, Channel sink, Duration stallLimit) {
      this.source = source;
      this.sink = sink;
      this.stallLimit = stallLimit;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      if (!source.isOpen()) {
        finish(EndReason.DONE);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (ended || !(message instanceof ByteBuf)) {
        ReferenceCountUtil.release(message);
        return;
      }
      sink.write(message, sink.voidPromise());
      if (!sink.isWritable()) {
        source.config().setAutoRead(false);
        // The sink may have drained between the two lines, on its own loop: its event found reading
        // still on, and no other would come.
        if (sink.isWritable()) {
          resumeReading(source);
        }
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (!ended) {
        sink.flush();
      }
    }

    /** The source takes bytes again: whoever feeds it may go on. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      // A socket that was read to its end is no longer registered with epoll: to read on would
      // fail,
      // and the failure would cut off what it said last.
      if (source.isWritable() && !opposite.ended) {
        resumeReading(sink);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == DataStream.Event.ENDED_UNREAD && source instanceof DataStream stream) {
        watchTail(stream);
      } else if (event instanceof ChannelInputShutdownEvent
          || event instanceof ChannelInputShutdownReadComplete) {
        finish(EndReason.DONE);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      finish(source instanceof DataStream stream ? stream.endReason() : EndReason.DONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof ClosedChannelException) {
        // A write that came after the close, which says why by itself.
        source.close();
        return;
      }
      if (ended) {
        return; // the tail is on its way; nothing of this source can fail any more
      }
      ended = true;
      close(sink, cause instanceof IOException ? EndReason.CONNRESET : EndReason.INTERNAL);
      close(source, EndReason.INTERNAL);
    }

    /** Delivers what was read, then closes the sink. */
    private void finish(EndReason reason) {
      if (ended) {
        return;
      }
      ended = true;
      ChannelFuture delivered = sink.writeAndFlush(Unpooled.EMPTY_BUFFER);
      delivered.addListener(_ -> close(sink, reason));
      if (!delivered.isDone() && !(sink instanceof DataStream)) {
        new StallWatch(sink, sink.eventLoop(), stallLimit, () -> pendingBytes(sink)).arm();
      }
    }

    /** The stream ended, and holds more than the sink takes now. */
    private void watchTail(DataStream stream) {
      if (!(sink instanceof DataStream)) {
        LongSupplier left = () -> stream.heldBytes() + pendingBytes(sink);
        new StallWatch(sink, stream.eventLoop(), stallLimit, left).arm();
      }
    }
  }

  /** Bytes written to a channel and not yet taken from it; zero once it is closed. */
  private static long pendingBytes(Channel channel) {
    @Nullable ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  /** Cuts a closing channel off when its peer takes nothing. Threads: {@code loop}. */
  private static final class StallWatch implements Runnable {
    private final Channel channel;
    private final EventLoop loop;
    private final long limitNanos;
    private final LongSupplier leftBytes;
    private long left;

    /**
     * @param leftBytes what is still to be taken; asked on {@code loop}
     */
    StallWatch(Channel channel, EventLoop loop, Duration limit, LongSupplier leftBytes) {
      this.channel = channel;
      this.loop = loop;
      this.limitNanos = limit.toNanos();
      this.leftBytes = leftBytes;
    }

    void arm() {
      left = leftBytes.getAsLong();
      loop.schedule(this, limitNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
      if (leftBytes.getAsLong() >= left) {
        channel.close();
      } else {
        arm();
      }
    }
  }
}
