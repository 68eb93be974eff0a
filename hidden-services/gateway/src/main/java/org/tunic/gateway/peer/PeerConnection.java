package org.tunic.gateway.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * A connection that somebody opened, from its first byte until it is joined with another one. The
 * other one is opened only after a good handshake of the right torrent: a web page that makes a
 * browser connect to a stand-in makes us dial nobody, nor does a stranger make the client talk.
 *
 * <p>Bounds: {@link #GREETING_LIMIT} for the handshake, and one read beyond it.
 *
 * <p>Threads: event loop of the channel that was accepted.
 */
public final class PeerConnection extends ChannelInboundHandlerAdapter {
  /** How long a handshake may take. */
  public static final Duration GREETING_LIMIT = Duration.ofSeconds(30);

  private static final Duration STALL_LIMIT = Duration.ofMinutes(2);

  /** What becomes of a connection, once. */
  public enum Fate {
    /** It is joined with the other side. */
    JOINED,
    /** The other side was not reached. */
    NOT_REACHED,
    /** It spoke something else than it may. */
    VIOLATION,
    /** It said nothing, or not enough, in time, or went away. */
    SILENT
  }

  /** Told what became of a connection. */
  @FunctionalInterface
  public interface Watcher {
    /** Told once, and of a violation in a joined connection a second time. */
    void became(Fate fate);
  }

  private final WireFilter there;
  private final WireFilter back;
  private final Supplier<CompletableFuture<? extends Channel>> dial;
  private final Watcher watcher;
  private @Nullable ScheduledFuture<?> limit;
  private @Nullable ByteBuf passed;
  private boolean dialling;
  private boolean told;

  /**
   * @param there filters what this channel says
   * @param back what the other one says
   * @param dial opens the other channel, reading off
   */
  public PeerConnection(
      WireFilter there,
      WireFilter back,
      Supplier<CompletableFuture<? extends Channel>> dial,
      Watcher watcher) {
    this.there = there;
    this.back = back;
    this.dial = dial;
    this.watcher = watcher;
  }

  /** Reading is off when this is added, and is switched on for as long as it takes. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    limit =
        ctx.executor()
            .schedule(
                () -> end(ctx, Fate.SILENT), GREETING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      return;
    }
    ByteBuf out = passed;
    if (out == null) {
      out = ctx.alloc().buffer(in.readableBytes() + WireFilter.HANDSHAKE_BYTES);
      passed = out;
    }
    try {
      there.filter(in, out);
    } catch (WireViolation e) {
      end(ctx, Fate.VIOLATION);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (told || dialling) {
      return;
    }
    if (!there.isGreeted()) {
      ctx.read();
      return;
    }
    dialling = true;
    cancelLimit();
    dial.get()
        .whenComplete(
            (other, failure) ->
                ctx.executor()
                    .execute(
                        () -> {
                          if (failure == null) {
                            join(ctx, other);
                          } else {
                            end(ctx, Fate.NOT_REACHED);
                          }
                        }));
  }

  private void join(ChannelHandlerContext ctx, Channel other) {
    ByteBuf first = passed;
    if (told || first == null || !ctx.channel().isActive()) {
      other.close();
      end(ctx, Fate.SILENT);
      return;
    }
    passed = null;
    told = true;
    watcher.became(Fate.JOINED);
    Runnable onViolation = () -> watcher.became(Fate.VIOLATION);
    other.writeAndFlush(first);
    ctx.pipeline().replace(this, null, new WireHandler(there, onViolation));
    other.pipeline().addLast(new WireHandler(back, onViolation));
    ByteBridge.join(ctx.channel(), other, STALL_LIMIT);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx, Fate.SILENT);
  }

  /** A client that gave up while the peer was being dialled. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent
        || event instanceof ChannelInputShutdownReadComplete) {
      end(ctx, Fate.SILENT);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(ctx, Fate.SILENT);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelLimit();
    if (passed != null) {
      passed.release();
      passed = null;
    }
  }

  private void cancelLimit() {
    if (limit != null) {
      limit.cancel(false);
      limit = null;
    }
  }

  private void end(ChannelHandlerContext ctx, Fate fate) {
    if (!told) {
      told = true;
      watcher.became(fate);
    }
    ctx.close();
  }
}
