package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.router.link.Transport;

final class UnixDialerTest {
  @TempDir Path dir;

  static List<Transport> transports() {
    return List.of(Transport.NIO, Transport.best());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void dial_reachesASocketOfTheFileSystem_andTellsWhenThereIsNone(Transport transport)
      throws Exception {
    EventLoopGroup group = transport.newLoops(1, Thread.ofPlatform().daemon().factory());
    Path path = dir.resolve("a socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      UnixDialer dialer = new UnixDialer(transport);
      ChannelFuture dialed = dialer.dial(group.next(), path);
      assertTrue(dialed.await(5, TimeUnit.SECONDS) && dialed.isSuccess(), () -> "" + dialed);
      assertFalse(dialed.channel().config().isAutoRead());
      try (SocketChannel accepted = server.accept()) {
        dialed.channel().writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        ByteBuffer got = ByteBuffer.allocate(5);
        while (got.hasRemaining() && accepted.read(got) >= 0) {
          // the rest
        }
        assertEquals("hello", new String(got.array(), StandardCharsets.US_ASCII));
      }
      dialed.channel().close().sync();
      ChannelFuture none = dialer.dial(group.next(), dir.resolve("none"));
      assertTrue(none.await(5, TimeUnit.SECONDS));
      assertFalse(none.isSuccess());
    } finally {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }
}
