package org.tunic.daemon.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.router.cell.EndReason;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.stream.bridge.LoopHops;
import org.tunic.router.stream.exit.ExitAcceptor;
import org.tunic.router.stream.exit.ExitResolver;
import org.tunic.router.stream.exit.ExitSettings;
import org.tunic.router.stream.exit.KnownRelays;
import org.tunic.router.stream.exit.ResolvConf;
import org.tunic.router.stream.exit.TcpDialer;
import org.tunic.router.stream.socks.AddressMap;
import org.tunic.router.stream.socks.EntryListener;
import org.tunic.router.stream.socks.EntryRules;
import org.tunic.router.stream.socks.EntryServices;
import org.tunic.router.stream.socks.EntrySettings;
import org.tunic.router.stream.socks.StreamRequest;

/** Application – SOCKS port – stream – exit – destination, all on real sockets. */
@Timeout(120)
@ParameterizedClass
@EnumSource(Sockets.Kind.class)
class SocksIT {
  private static final int MIB = 1024 * 1024;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private final Sockets.Kind kind;
  private final NameServer names;
  private final InetSocketAddress port;

  SocksIT(Sockets.Kind kind) throws Exception {
    this.kind = kind;
    Sockets sockets = new Sockets(kind);
    names = new NameServer(sockets);
    ExitResolver resolver =
        new ExitResolver(
            sockets.loop(),
            sockets.datagrams,
            sockets.sockets,
            new ResolvConf(List.of(names.address()), Duration.ofMillis(300), 2),
            true,
            System::nanoTime,
            new TrafficCounters());
    LoopHops circuit =
        new LoopHops(
            sockets.loop(),
            new ExitAcceptor(
                ExitSettings.of(true, false),
                () -> ExitPolicy.ACCEPT_ALL,
                resolver,
                new TcpDialer(sockets.sockets, Duration.ofSeconds(5)),
                KnownRelays.NONE,
                stream -> stream.refuse(EndReason.NOTDIRECTORY),
                new Random(1)),
            true);
    EntryListener listener =
        new EntryListener(
            EntrySettings.of(1),
            new EntryServices(
                request -> open(circuit, request),
                _ -> CompletableFuture.failedFuture(new AssertionError("no onion services here")),
                _ -> CompletableFuture.failedFuture(new AssertionError("no look-ups here")),
                new AddressMap(AddressMap.Settings.DEFAULT, new Random(1)),
                () -> EntryRules.LENIENT,
                System::nanoTime));
    port =
        listener
            .open(sockets.group, sockets.listeners, Sockets.loopback(0))
            .get(5, TimeUnit.SECONDS);
    open.addAll(List.of(sockets, names, resolver, circuit, listener));
  }

  private static CompletableFuture<Channel> open(LoopHops circuit, StreamRequest request) {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                opened.complete(circuit.begin(request.target().unredacted(), request.port(), 0));
              } catch (Exception e) {
                opened.completeExceptionally(e);
              }
            });
    return opened;
  }

  @AfterEach
  void stop() throws Exception {
    testEnds.countDown();
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private interface User {
    void use(Socket socket) throws Exception;
  }

  /** A destination that lets {@code user} have every connection. */
  private int destination(User user) throws Exception {
    ServerSocket server = new ServerSocket();
    server.bind(Sockets.loopback(0));
    open.add(server);
    Thread.ofVirtual().start(() -> acceptAll(server, user));
    return server.getLocalPort();
  }

  private static void acceptAll(ServerSocket server, User user) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, user));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void serve(Socket socket, User user) {
    try (socket) {
      user.use(socket);
    } catch (Exception e) {
      // the test sees what came of it
    }
  }

  /** A connection through the port. */
  private Socket connect(String host, int targetPort) throws IOException {
    Socket socket = new Socket();
    socket.connect(port);
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {5, 1, 0});
    InputStream in = socket.getInputStream();
    assertArrayEquals(new byte[] {5, 0}, in.readNBytes(2));
    out.write(new byte[] {5, 1, 0, 3, (byte) name.length});
    out.write(name);
    out.write(new byte[] {(byte) (targetPort >> 8), (byte) targetPort});
    byte[] reply = in.readNBytes(10);
    if (reply.length < 10 || reply[1] != 0) {
      socket.close();
      throw new IOException("SOCKS reply " + (reply.length < 2 ? -1 : reply[1]));
    }
    return socket;
  }

  private static void servePage(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return;
      }
      head.append((char) c);
    }
    socket
        .getOutputStream()
        .write("HTTP/1.0 200 OK\r\n\r\na page".getBytes(StandardCharsets.US_ASCII));
  }

  private String curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "-S", "--max-time", "20"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip() + " " + process.exitValue();
  }

  @Test
  void curl_fetchesAPageByEveryVersion() throws Exception {
    names.name("www.example.com", "127.0.0.1");
    int web = destination(SocksIT::servePage);
    String proxy = "127.0.0.1:" + port.getPort();
    String page = "http://www.example.com:" + web + "/";
    assertEquals("a page 0", curl("--socks5-hostname", proxy, page));
    assertEquals("a page 0", curl("--socks4a", proxy, page));
    assertEquals("a page 0", curl("--socks4", proxy, "http://127.0.0.1:" + web + "/"));
    assertEquals("a page 0", curl("--socks5", proxy, "http://127.0.0.1:" + web + "/"));
    assertEquals("a page 0", curl("--proxy-user", "me:secret", "--socks5-hostname", proxy, page));
  }

  @Test
  void curl_isToldWhatFailed() throws Exception {
    String proxy = "127.0.0.1:" + port.getPort();
    String missing = curl("--socks5-hostname", proxy, "http://missing.example/");
    assertTrue(missing.contains("(4)"), missing);
    String html = curl("--proxy", proxy, "http://www.example.com/");
    assertTrue(html.contains("speaks SOCKS, not HTTP"), html);
  }

  @Test
  void largeTransfer_arrivesWhole() throws Exception {
    byte[] file = new byte[16 * MIB];
    new Random(1).nextBytes(file);
    int server = destination(s -> s.getOutputStream().write(file));
    long begin = System.nanoTime();
    try (Socket socket = connect("127.0.0.1", server)) {
      assertArrayEquals(file, socket.getInputStream().readAllBytes());
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("note: %s %.0f Mbit/s%n", kind, file.length * 8 / seconds / 1e6);
  }

  /** What the exit's kernel holds when the destination ends is read at once, whoever stalls. */
  @Test
  void stalledApplication_getsTheTailLater() throws Exception {
    byte[] file = new byte[5 * MIB];
    new Random(1).nextBytes(file);
    int server = destination(s -> s.getOutputStream().write(file));
    try (Socket socket = connect("127.0.0.1", server)) {
      TimeUnit.SECONDS.sleep(2);
      assertArrayEquals(file, socket.getInputStream().readAllBytes());
    }
  }

  /**
   * A destination that sends without end to an application that does not read: both stop, and what
   * lies between is bounded. The other transfers over the same loops go on.
   */
  @Test
  void stalledApplication_stopsTheDestination() throws Exception {
    AtomicLong sent = new AtomicLong();
    int endless = destination(socket -> writeForEver(socket, sent));
    byte[] file = new byte[4 * MIB];
    int server = destination(s -> s.getOutputStream().write(file));
    long before = direct();
    List<Socket> stalled = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      stalled.add(connect("127.0.0.1", endless));
    }
    long last = -1;
    for (int i = 0; i < 100 && sent.get() != last; i++) {
      last = sent.get();
      TimeUnit.MILLISECONDS.sleep(500);
    }
    assertEquals(last, sent.get(), "the destination still sends");
    assertTrue(last < 8L * 16 * MIB, "kernels and buffers took " + last / MIB + " MiB");
    long grown = direct() - before;
    assertTrue(grown < 8L * 2 * MIB, "buffers grew by " + grown / 1024 + " KiB");
    try (Socket socket = connect("127.0.0.1", server)) {
      assertEquals(file.length, socket.getInputStream().readAllBytes().length);
    }
    for (Socket socket : stalled) {
      socket.close();
    }
  }

  /** The same upwards. */
  @Test
  void stalledDestination_stopsTheApplication() throws Exception {
    int lazy = destination(socket -> testEnds.await());
    AtomicLong sent = new AtomicLong();
    long before = direct();
    try (Socket socket = connect("127.0.0.1", lazy)) {
      Thread.ofVirtual().start(() -> writeForEver(socket, sent));
      long last = -1;
      for (int i = 0; i < 100 && sent.get() != last; i++) {
        last = sent.get();
        TimeUnit.MILLISECONDS.sleep(500);
      }
      assertEquals(last, sent.get(), "the application still sends");
      assertTrue(last < 16L * MIB, "kernels and buffers took " + last / MIB + " MiB");
      assertTrue(direct() - before < 4L * MIB);
    }
  }

  private static void writeForEver(Socket socket, AtomicLong sent) {
    byte[] piece = new byte[64 * 1024];
    try {
      while (true) {
        socket.getOutputStream().write(piece);
        sent.addAndGet(piece.length);
      }
    } catch (IOException e) {
      // closed at the end
    }
  }

  /** Bytes of direct memory the allocator holds. */
  private static long direct() {
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    return ((AdaptiveByteBufAllocator) allocator).metric().usedDirectMemory();
  }
}
