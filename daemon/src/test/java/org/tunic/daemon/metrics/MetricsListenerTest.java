package org.tunic.daemon.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.link.Transport;

final class MetricsListenerTest {
  private static final int LIMIT_MILLIS = 10_000;

  private final EventLoopGroup loops = Transport.NIO.newLoops(1, Thread::new);
  private ListeningPort listener;

  @BeforeEach
  void open() throws Exception {
    listener =
        MetricsListener.open(
                loops,
                NioServerSocketChannel::new,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> "tor_x 1\n",
                Runnable::run,
                () -> Instant.EPOCH)
            .get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void stop() {
    listener.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private String ask(String request) throws IOException {
    return Scrape.ask(listener.address().getPort(), request);
  }

  @Test
  void get_ofMetrics_isAnswered() throws Exception {
    String answer = ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.0 200 OK\r\n"), answer);
    assertTrue(answer.endsWith("\r\n\r\ntor_x 1\n"), answer);
  }

  @Test
  void header_longerThanTheBound_isRefused() throws Exception {
    String line = "X: " + "x".repeat(1000) + "\r\n";
    String within = "GET /metrics HTTP/1.0\r\n" + line.repeat(4) + "\r\n";
    assertTrue(ask(within).startsWith("HTTP/1.0 200 "));
    String beyond =
        "GET /metrics HTTP/1.0\r\n"
            + line.repeat(MetricsListener.MAX_HEADER_BYTES / 1000 + 1)
            + "\r\n";
    assertTrue(ask(beyond).startsWith("HTTP/1.0 400 "), "a header of " + beyond.length());
  }

  @Test
  void connections_beyondTheBound_areClosedAtOnce() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < MetricsListener.MAX_CONNECTIONS; i++) {
        idle.add(connect());
      }
      try (Socket oneMore = connect()) {
        assertEquals(-1, oneMore.getInputStream().read());
      }
      // The others are served still.
      Socket first = idle.getFirst();
      first.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes("US-ASCII"));
      assertEquals('H', first.getInputStream().read());
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.connect(listener.address(), LIMIT_MILLIS);
    return socket;
  }
}
