package org.tunic.router.channel;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;
import org.tunic.testing.SeededRandom;

/**
 * Two open channels joined without sockets or TLS, past the handshake.
 *
 * <p>Either deterministic, on embedded loops that run when {@link #pump} is called (every channel
 * has a loop of its own, all in the test's thread, so cells between channels take the way between
 * loops), or on real event loops.
 */
public final class InMemoryLink implements AutoCloseable {
  private static final AtomicLong serials = new AtomicLong();

  private final io.netty.channel.Channel initiatorSocket;
  private final io.netty.channel.Channel responderSocket;
  private final Channel initiator;
  private final Channel responder;

  private InMemoryLink(
      io.netty.channel.Channel initiatorSocket,
      Channel initiator,
      io.netty.channel.Channel responderSocket,
      Channel responder) {
    this.initiatorSocket = initiatorSocket;
    this.responderSocket = responderSocket;
    this.initiator = initiator;
    this.responder = responder;
  }

  /** One end: who it proves to be (null: a client) and what it does with circuits. */
  public record End(@Nullable RelayIds ids, ChannelSettings settings, LoopContexts contexts) {
    /** An end of a node with default settings. */
    public static End of(@Nullable RelayIds ids, @Nullable CircuitAcceptor acceptor) {
      return new End(
          ids,
          new ChannelSettings(acceptor, new CellCounters(), 2000, System::nanoTime),
          new LoopContexts(new SeededRandom(1), System::nanoTime));
    }
  }

  /** A deterministic link; call {@link #pump} (or {@link #pumpAll}) to make things happen. */
  public static InMemoryLink pumped(End initiatorEnd, End responderEnd) {
    Side one = new Side(true, initiatorEnd, responderEnd.ids);
    EmbeddedChannel oneSocket = new EmbeddedChannel(one);
    Side other = new Side(false, responderEnd, initiatorEnd.ids);
    EmbeddedChannel otherSocket = new EmbeddedChannel(other);
    return new InMemoryLink(oneSocket, one.opened.join(), otherSocket, other.opened.join());
  }

  /** A link whose ends run on real loops of {@link #loops}; both may be the same. */
  public static InMemoryLink onLoops(
      EventLoop initiatorLoop, End initiatorEnd, EventLoop responderLoop, End responderEnd) {
    Side one = new Side(true, initiatorEnd, responderEnd.ids);
    Side other = new Side(false, responderEnd, initiatorEnd.ids);
    LocalAddress address = new LocalAddress("link-" + serials.incrementAndGet());
    io.netty.channel.Channel server =
        new ServerBootstrap()
            .group(responderLoop, responderLoop)
            .channel(LocalServerChannel.class)
            .childHandler(
                new ChannelInitializer<LocalChannel>() {
                  @Override
                  protected void initChannel(LocalChannel socket) {
                    socket.pipeline().addLast(other);
                  }
                })
            .bind(address)
            .syncUninterruptibly()
            .channel();
    io.netty.channel.Channel socket =
        new Bootstrap()
            .group(initiatorLoop)
            .channel(LocalChannel.class)
            .handler(one)
            .connect(address)
            .syncUninterruptibly()
            .channel();
    Channel opened = other.opened.join();
    server.close().syncUninterruptibly();
    return new InMemoryLink(socket, one.opened.join(), other.socket(), opened);
  }

  /** Real loops for {@link #onLoops}. */
  public static EventLoopGroup loops(int count) {
    return new MultiThreadIoEventLoopGroup(count, LocalIoHandler.newFactory());
  }

  /** The socket of the end that opened the connection. */
  io.netty.channel.Channel initiatorSocket() {
    return initiatorSocket;
  }

  /** The end that opened the connection. */
  public Channel initiator() {
    return initiator;
  }

  /** The end that was connected to. */
  public Channel responder() {
    return responder;
  }

  /** Moves bytes and runs tasks of a deterministic link until nothing is left to do. */
  public void pump() {
    pumpAll(this);
  }

  /** The same for several links that a node in the middle joins. */
  public static void pumpAll(InMemoryLink... links) {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (InMemoryLink link : links) {
        moved |= link.step();
      }
    }
  }

  private boolean step() {
    EmbeddedChannel one = (EmbeddedChannel) initiatorSocket;
    EmbeddedChannel other = (EmbeddedChannel) responderSocket;
    boolean moved = move(one, other);
    return move(other, one) || moved;
  }

  private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
    boolean moved = from.hasPendingTasks();
    from.runPendingTasks();
    for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
      moved = true;
      if (to.isOpen()) {
        to.writeOneInbound(bytes);
      } else {
        io.netty.util.ReferenceCountUtil.release(bytes);
      }
    }
    if (moved && to.isOpen()) {
      to.flushInbound();
    }
    if (!from.isOpen() && to.isOpen()) {
      to.close();
      moved = true;
    }
    return moved;
  }

  /** From now on the socket of one end takes no more bytes. */
  public void blockWriting(boolean ofInitiator) {
    io.netty.channel.Channel socket = ofInitiator ? initiatorSocket : responderSocket;
    socket
        .eventLoop()
        .submit(() -> socket.unsafe().outboundBuffer().setUserDefinedWritability(1, false))
        .syncUninterruptibly();
  }

  /** Closes both ends. */
  @Override
  public void close() {
    if (initiatorSocket instanceof EmbeddedChannel one) {
      initiator.close(DestroyReason.FINISHED);
      one.finishAndReleaseAll();
      ((EmbeddedChannel) responderSocket).finishAndReleaseAll();
      return;
    }
    initiatorSocket.close().syncUninterruptibly();
    responderSocket.close().syncUninterruptibly();
  }

  /** Puts an open channel onto a socket as soon as that is active. */
  @ChannelHandler.Sharable
  private static final class Side extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Channel> opened = new CompletableFuture<>();
    private final boolean initiator;
    private final End end;
    private final @Nullable RelayIds peer;
    private io.netty.channel.@Nullable Channel socket;

    Side(boolean initiator, End end, @Nullable RelayIds peer) {
      this.initiator = initiator;
      this.end = end;
      this.peer = peer;
    }

    io.netty.channel.Channel socket() {
      opened.join();
      return java.util.Objects.requireNonNull(socket);
    }

    @Override
    public void channelActive(io.netty.channel.ChannelHandlerContext ctx) {
      socket = ctx.channel();
      Channel channel =
          new Channel(
              ctx.channel(),
              end.contexts.of(ctx.channel().eventLoop()),
              new Channel.Opened(
                  serials.incrementAndGet(),
                  initiator,
                  5,
                  peer,
                  true,
                  0,
                  InetAddress.getLoopbackAddress()),
              end.settings,
              new SeededRandom(serials.get()));
      CellSink sink = channel.sink();
      CellFramer framer = new CellFramer();
      framer.useWideCircuitIds();
      framer.open(sink);
      ctx.pipeline().replace(this, "cells", framer);
      opened.complete(channel);
    }
  }
}
