package org.tunic.daemon.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.bridge.LoopHops;
import org.tunic.router.stream.exit.ExitAcceptor;
import org.tunic.router.stream.exit.ExitResolver;
import org.tunic.router.stream.exit.ExitSettings;
import org.tunic.router.stream.exit.KnownRelays;
import org.tunic.router.stream.exit.ResolvConf;
import org.tunic.router.stream.exit.TcpDialer;

/** Names looked up at a name server of our own, connections to destinations of our own. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Sockets.Kind.class)
class ExitIT {
  private final Sockets sockets;
  private final NameServer names;
  private final ExitResolver resolver;
  private final LoopHops circuit;

  ExitIT(Sockets.Kind kind) throws Exception {
    sockets = new Sockets(kind);
    names = new NameServer(sockets);
    resolver =
        new ExitResolver(
            sockets.loop(),
            sockets.datagrams,
            sockets.sockets,
            new ResolvConf(List.of(names.address()), Duration.ofMillis(300), 2),
            true,
            System::nanoTime,
            new TrafficCounters());
    ExitSettings settings =
        new ExitSettings(true, false, Duration.ofSeconds(2), Duration.ofSeconds(5));
    circuit =
        new LoopHops(
            sockets.loop(),
            new ExitAcceptor(
                settings,
                () -> ExitPolicy.ACCEPT_ALL,
                resolver,
                new TcpDialer(sockets.sockets, settings.connectTimeout()),
                KnownRelays.NONE,
                stream -> stream.refuse(EndReason.NOTDIRECTORY),
                new Random(1)),
            true);
  }

  @AfterEach
  void stop() {
    circuit.close();
    resolver.close();
    names.close();
    sockets.close();
  }

  private static Connected connected(DataStream stream) throws Exception {
    return stream.connected().get(10, TimeUnit.SECONDS);
  }

  private EndReason refusal(String host, int port, int flags) throws Exception {
    DataStream stream = circuit.begin(host, port, flags);
    assertTrue(stream.closeFuture().await(10, TimeUnit.SECONDS));
    assertFalse(stream.connected().isSuccess());
    return stream.endReason();
  }

  /** A destination that takes one connection and lets {@code user} have it. */
  private interface User {
    void use(Socket socket) throws Exception;
  }

  private static ServerSocket destination(User user) throws Exception {
    ServerSocket server = new ServerSocket();
    server.bind(Sockets.loopback(0));
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket socket = server.accept()) {
                user.use(socket);
              } catch (Exception e) {
                // the test sees what came of it
              }
            });
    return server;
  }

  private static void echo(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    in.transferTo(out);
  }

  /** All that the stream hands up until it ends. */
  private static CompletableFuture<byte[]> gather(DataStream stream) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    stream
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
                ByteBuf in = (ByteBuf) message;
                in.readBytes(bytes, in.readableBytes());
                in.release();
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                all.complete(bytes.toByteArray());
              }
            });
    stream.config().setAutoRead(true);
    return all;
  }

  @Test
  void name_isLookedUpAndConnected() throws Exception {
    names.name("www.example.com", "127.0.0.1");
    byte[] page = new byte[300_000];
    new Random(1).nextBytes(page);
    try (ServerSocket server = destination(s -> s.getOutputStream().write(page))) {
      DataStream stream = circuit.begin("WWW.Example.Com", server.getLocalPort(), 0);
      CompletableFuture<byte[]> got = gather(stream);
      Connected answer = connected(stream);
      assertEquals("127.0.0.1", IpLiteral.format(answer.target().orElseThrow()));
      assertTrue(answer.ttlSeconds() <= 9 * 60, "short: the record lives for a minute");
      assertArrayEquals(page, got.get(10, TimeUnit.SECONDS));
      assertEquals(EndReason.DONE, stream.endReason());
    }
  }

  @Test
  void earlyData_reachesTheDestination() throws Exception {
    names.name("echo.example", "CNAME other.example").name("other.example", "127.0.0.1");
    try (ServerSocket server = destination(ExitIT::echo)) {
      DataStream stream = circuit.begin("echo.example", server.getLocalPort(), 0);
      CompletableFuture<byte[]> got = gather(stream);
      byte[] sent = new byte[100_000];
      new Random(2).nextBytes(sent);
      stream.writeAndFlush(Unpooled.wrappedBuffer(sent));
      connected(stream);
      TimeUnit.MILLISECONDS.sleep(300);
      stream.close();
      byte[] back = got.get(10, TimeUnit.SECONDS);
      assertArrayEquals(sent, back);
    }
  }

  @Test
  void failedLookups_endTheStream() throws Exception {
    names
        .name("fails.example", NameServer.FAILS)
        .name("silent.example", NameServer.SILENT)
        .name("six.example", "2001:db8::1");
    assertEquals(EndReason.RESOLVEFAILED, refusal("missing.example", 80, 0));
    assertEquals(EndReason.RESOLVEFAILED, refusal("fails.example", 80, 0));
    assertEquals(EndReason.RESOLVEFAILED, refusal("silent.example", 80, 0));
    assertEquals(EndReason.RESOLVEFAILED, refusal("six.example", 80, 0));
  }

  @Test
  void ipv6_isConnectedWhereWanted() throws Exception {
    names.name("both.example", "127.0.0.1", "::1");
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new java.net.InetSocketAddress(IpLiteral.parseAddress("::1").orElseThrow(), 0));
      DataStream stream =
          circuit.begin(
              "both.example", server.getLocalPort(), Begin.IPV6_OK | Begin.IPV6_PREFERRED);
      assertEquals("::1", IpLiteral.format(connected(stream).target().orElseThrow()));
      stream.close();
    }
  }

  @Test
  void truncatedAnswer_isAskedForOverTcp() throws Exception {
    names.name("long.example", NameServer.TRUNCATES, "127.0.0.1");
    try (ServerSocket server = destination(ExitIT::echo)) {
      DataStream stream = circuit.begin("long.example", server.getLocalPort(), 0);
      connected(stream);
      assertTrue(names.asked().contains("A long.example. tcp"), names.asked().toString());
      stream.close();
    }
  }

  @Test
  void sameName_isAskedForOnce() throws Exception {
    names.name("www.example.com", "127.0.0.1");
    try (ServerSocket server = new ServerSocket()) {
      server.bind(Sockets.loopback(0));
      List<DataStream> streams = new java.util.ArrayList<>();
      for (int i = 0; i < 20; i++) {
        streams.add(circuit.begin("www.example.com", server.getLocalPort(), 0));
      }
      for (DataStream stream : streams) {
        connected(stream);
      }
      connected(circuit.begin("www.example.com", server.getLocalPort(), 0));
      assertEquals(
          1,
          names.asked().stream().filter(q -> q.startsWith("A ")).count(),
          names.asked().toString());
    }
  }

  @Test
  void closedPort_isRefused() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket()) {
      server.bind(Sockets.loopback(0));
      port = server.getLocalPort();
    }
    assertEquals(EndReason.CONNECTREFUSED, refusal("127.0.0.1", port, 0));
  }

  @Test
  void unreachableAddress_hasNoRouteOrTimesOut() throws Exception {
    EndReason reason = refusal("127.255.255.255", 80, 0); // the broadcast address of loopback
    assertTrue(
        List.of(EndReason.NOROUTE, EndReason.TIMEOUT, EndReason.MISC, EndReason.CONNECTREFUSED)
            .contains(reason),
        reason.toString());
  }

  @Test
  void resetConnection_endsWithConnreset() throws Exception {
    try (ServerSocket server =
        destination(
            socket -> {
              socket.getInputStream().read();
              socket.setSoLinger(true, 0);
            })) {
      DataStream stream = circuit.begin("127.0.0.1", server.getLocalPort(), 0);
      connected(stream);
      stream.config().setAutoRead(true);
      stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[10]));
      assertTrue(stream.closeFuture().await(10, TimeUnit.SECONDS));
      assertEquals(EndReason.CONNRESET, stream.endReason());
    }
  }

  @Test
  void closedStream_closesTheConnection() throws Exception {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    try (ServerSocket server =
        destination(socket -> read.complete(socket.getInputStream().read()))) {
      DataStream stream = circuit.begin("127.0.0.1", server.getLocalPort(), 0);
      connected(stream);
      stream.close();
      assertEquals(-1, read.get(5, TimeUnit.SECONDS));
    }
  }

  private Resolved resolved(String host) throws Exception {
    return circuit.resolve(host).get(10, TimeUnit.SECONDS);
  }

  @Test
  void resolve_isAnswered() throws Exception {
    names
        .name("both.example", "192.0.2.1", "2001:db8::1")
        .name("1.2.0.192.in-addr.arpa", "PTR host.example")
        .name("fails.example", NameServer.FAILS);
    Resolved both = resolved("both.example");
    assertEquals(
        List.of("192.0.2.1", "2001:db8::1"),
        both.answers().stream().map(a -> IpLiteral.format(a.inet().orElseThrow())).toList());
    assertEquals(60, both.answers().getFirst().ttlSeconds());
    Resolved.Answer name = resolved("1.2.0.192.in-addr.arpa").answers().getFirst();
    assertEquals(Resolved.HOSTNAME, name.type());
    assertEquals(
        "host.example",
        new String(name.value().toArray(), java.nio.charset.StandardCharsets.US_ASCII));
    assertEquals(
        Resolved.ERROR_NONTRANSIENT, resolved("missing.example").answers().getFirst().type());
    assertEquals(Resolved.ERROR_TRANSIENT, resolved("fails.example").answers().getFirst().type());
  }
}
