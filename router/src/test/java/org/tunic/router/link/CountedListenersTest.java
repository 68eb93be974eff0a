package org.tunic.router.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.router.limits.ConnectionCounters;
import org.tunic.router.limits.ConnectionKind;

final class CountedListenersTest {
  private static final int LIMIT_MILLIS = 10_000;

  private final EventLoopGroup loops = Transport.NIO.newLoops(1, Thread::new);
  private final ConnectionCounters counters = new ConnectionCounters();
  private volatile boolean admits = true;

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Channel listen() {
    return new ServerBootstrap()
        .group(loops)
        .channelFactory(
            new CountedListeners(
                NioServerSocketChannel::new,
                ConnectionKind.SOCKS_LISTENER,
                ConnectionKind.SOCKS,
                counters,
                address -> admits))
        .childHandler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
              }

              @Override
              public boolean isSharable() {
                return true;
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private Socket connect(Channel listener) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.connect(listener.localAddress(), LIMIT_MILLIS);
    return socket;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "in time");
      Thread.sleep(10);
    }
  }

  @Test
  void connections_areCountedWhileTheyLast() throws Exception {
    Channel listener = listen();
    await(() -> counters.open(ConnectionKind.SOCKS_LISTENER, true, false) == 1);
    try (Socket socket = connect(listener)) {
      assertEquals('!', socket.getInputStream().read());
      assertEquals(1, counters.open(ConnectionKind.SOCKS, false, false));
      assertEquals(2, counters.openSockets());
    }
    await(() -> counters.open(ConnectionKind.SOCKS, false, false) == 0);
    assertEquals(1, counters.createdSum(ConnectionKind.SOCKS, false, false));
    assertEquals(0, counters.rejectedSum(ConnectionKind.SOCKS, false));
    listener.close().sync();
    await(() -> counters.openSockets() == 0);
  }

  @Test
  void connection_thatThePolicyRefuses_isClosedBeforeAnythingIsSaid() throws Exception {
    Channel listener = listen();
    admits = false;
    try (Socket socket = connect(listener)) {
      assertEquals(-1, readOrEnd(socket));
      await(() -> counters.rejectedSum(ConnectionKind.SOCKS, false) == 1);
    }
    assertEquals(0, counters.createdSum(ConnectionKind.SOCKS, false, false));
    admits = true;
    try (Socket socket = connect(listener)) {
      assertEquals('!', socket.getInputStream().read());
    }
  }

  private static int readOrEnd(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }
}
