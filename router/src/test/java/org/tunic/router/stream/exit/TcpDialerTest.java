package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tunic.router.cell.EndReason;

final class TcpDialerTest {
  @Test
  void dial_moreThanOnce_reachesTheNetworkEachTime() throws Exception {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
      closedPort = socket.getLocalPort();
    }
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      TcpDialer dialer = new TcpDialer(NioSocketChannel::new, Duration.ofSeconds(5));
      EventLoop loop = group.next();
      for (int i = 0; i < 3; i++) {
        Throwable failure =
            dialer
                .dial(loop, new InetSocketAddress(loopback, closedPort))
                .awaitUninterruptibly()
                .cause();
        assertEquals(EndReason.CONNECTREFUSED, TcpDialer.reason(failure), "dial " + i);
      }
    } finally {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }
}
