package org.tunic.tracker.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerCounters.Kind;

/**
 * Closes a channel that sends its request too slowly, or none for too long. The time of a request
 * runs from its first byte and nothing but its end stops it, so that a byte now and then buys
 * nothing.
 *
 * <p>Threads: event loop of the channel.
 */
final class ChannelWatch extends ChannelInboundHandlerAdapter {
  private final LongSupplier nanoClock;
  private final TrackerCounters counters;
  private @Nullable ScheduledFuture<?> timer;
  private long deadlineNanos;
  private boolean inRequest;

  ChannelWatch(LongSupplier nanoClock, TrackerCounters counters) {
    this.nanoClock = nanoClock;
    this.counters = counters;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    idle();
    schedule(ctx, TrackerServer.REQUEST_TIMEOUT.toNanos());
    // Who connects and says nothing has no more time than who says half a request.
    deadlineNanos = nanoClock.getAsLong() + TrackerServer.REQUEST_TIMEOUT.toNanos();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** A timer that looks when it runs off is cheaper than one that every request moves. */
  private void schedule(ChannelHandlerContext ctx, long delayNanos) {
    timer = ctx.executor().schedule(() -> look(ctx), delayNanos, TimeUnit.NANOSECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    long left = deadlineNanos - nanoClock.getAsLong();
    if (left <= 0) {
      counters.count(Kind.TIMEOUTS);
      ctx.close();
    } else {
      schedule(ctx, left);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!inRequest) {
      inRequest = true;
      deadlineNanos = nanoClock.getAsLong() + TrackerServer.REQUEST_TIMEOUT.toNanos();
    }
    ctx.fireChannelRead(message);
  }

  /** A request has come whole. */
  void idle() {
    inRequest = false;
    deadlineNanos = nanoClock.getAsLong() + TrackerServer.IDLE_TIMEOUT.toNanos();
  }
}
