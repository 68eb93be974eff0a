package org.tunic.router.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.limits.TokenBucket;
import org.tunic.router.limits.TrafficCounters;

/**
 * Counts the bytes of one connection, next to its socket (TLS included, TCP and IP not), and makes
 * it wait while the bandwidth is used up: it then neither reads nor flushes. What it may not flush
 * stays in the socket's buffer, which fills to its mark, so that the channel stops taking cells.
 *
 * <p>Threads: event loop of the connection.
 */
final class LinkTraffic extends ChannelDuplexHandler {
  /** How often a connection with a limit of its own looks whether it may go on. */
  private static final long OWN_REFILL_MILLIS = 100;

  private final TrafficCounters counters;
  private final BandwidthLimits limits;
  private TrafficCounters.Meter meter;

  /** Bytes written but not flushed. */
  private long unflushed;

  private boolean readWaits;
  private boolean readAsked;
  private boolean flushWaits;

  /** The connection's own limit; null for none. */
  private @Nullable Own own;

  /** A limit of one connection, by its own clock. */
  private static final class Own {
    private final TokenBucket read;
    private final TokenBucket written;
    private final LongSupplier nanoClock;
    private long refilledNanos;

    Own(long rate, long burst, LongSupplier nanoClock) {
      this.read = new TokenBucket(rate, burst);
      this.written = new TokenBucket(rate, burst);
      this.nanoClock = nanoClock;
      this.refilledNanos = nanoClock.getAsLong();
    }

    void refill() {
      long now = nanoClock.getAsLong();
      read.refill(now - refilledNanos);
      written.refill(now - refilledNanos);
      refilledNanos = now;
    }
  }

  LinkTraffic(TrafficCounters counters, BandwidthLimits limits) {
    this.counters = counters;
    this.limits = limits;
    this.meter = counters.meter(null);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    meter = counters.meter(ctx.channel().remoteAddress());
  }

  /** Limits this connection besides all. */
  void limit(long rate, long burst, LongSupplier nanoClock) {
    own = new Own(rate, burst, nanoClock);
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      int length = bytes.readableBytes();
      meter.read(length);
      if (limits.apply(meter.isPrivate())) {
        limits.wasRead(length);
      }
      if (own != null) {
        own.read.spend(length);
      }
      if (!readWaits && !mayRead()) {
        waitToRead(ctx);
      }
    }
    ctx.fireChannelRead(message);
  }

  private boolean mayRead() {
    return (!limits.apply(meter.isPrivate()) || limits.mayRead())
        && (own == null || own.read.level() > 0);
  }

  private void waitToRead(ChannelHandlerContext ctx) {
    readWaits = true;
    ctx.channel().config().setAutoRead(false);
    Runnable resume = () -> ctx.executor().execute(() -> resumeRead(ctx));
    if (own != null && own.read.level() <= 0) {
      ctx.executor().schedule(() -> resumeRead(ctx), OWN_REFILL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      limits.waitToRead(resume);
    }
  }

  private void resumeRead(ChannelHandlerContext ctx) {
    if (!readWaits || ctx.isRemoved()) {
      return;
    }
    if (own != null) {
      own.refill();
    }
    if (!mayRead()) {
      waitToRead(ctx);
      return;
    }
    readWaits = false;
    ctx.channel().config().setAutoRead(true);
    if (readAsked) {
      readAsked = false;
      ctx.read();
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    // TLS asks for more in the middle of a record.
    if (readWaits) {
      readAsked = true;
    } else {
      ctx.read();
    }
  }

  // ---- writing

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      unflushed += bytes.readableBytes();
    }
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (flushWaits) {
      return;
    }
    if (mayWrite()) {
      reallyFlush(ctx);
    } else {
      waitToFlush(ctx);
    }
  }

  private boolean mayWrite() {
    return (!limits.apply(meter.isPrivate()) || limits.mayWrite())
        && (own == null || own.written.level() > 0);
  }

  private void reallyFlush(ChannelHandlerContext ctx) {
    long length = unflushed;
    unflushed = 0;
    meter.written(length);
    if (limits.apply(meter.isPrivate())) {
      limits.wasWritten(length);
    }
    if (own != null) {
      own.written.spend(length);
    }
    ctx.flush();
  }

  private void waitToFlush(ChannelHandlerContext ctx) {
    flushWaits = true;
    if (own != null && own.written.level() <= 0) {
      ctx.executor().schedule(() -> resumeFlush(ctx), OWN_REFILL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      limits.waitToWrite(() -> ctx.executor().execute(() -> resumeFlush(ctx)));
    }
  }

  private void resumeFlush(ChannelHandlerContext ctx) {
    if (!flushWaits || ctx.isRemoved()) {
      return;
    }
    if (own != null) {
      own.refill();
    }
    if (!mayWrite()) {
      waitToFlush(ctx);
      return;
    }
    flushWaits = false;
    reallyFlush(ctx);
  }

  /** What was said is said before the end, whatever it costs. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (flushWaits) {
      flushWaits = false;
      reallyFlush(ctx);
    }
    ctx.close(promise);
  }
}
