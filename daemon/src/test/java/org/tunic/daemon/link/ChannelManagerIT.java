package org.tunic.daemon.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelEvent;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.channel.ConnectException;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.link.TlsContext.Engine;
import org.tunic.router.link.Transport;

/** The manager over loopback sockets, in all pairings of TLS engines. */
class ChannelManagerIT {
  private static final Create2 CREATE = new Create2(HandshakeType.NTOR, Bytes.copyOf(new byte[84]));

  static Stream<Arguments> engines() {
    return Stream.of(Engine.values())
        .flatMap(a -> Stream.of(Engine.values()).map(b -> Arguments.of(a, b)));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void relays_knowEachOtherAndTheirConnectionIsCanonical(Engine one, Engine other)
      throws Exception {
    try (LinkNode alice = LinkNode.relay(one, null);
        LinkNode bob = LinkNode.relay(other, null)) {
      Channel channel = alice.connect(bob.own(), bob.listen());
      assertEquals(bob.own().ids(), channel.peer().orElseThrow());
      assertTrue(channel.canonical());
      assertEquals(5, channel.linkProtocol());
      ChannelEvent.Opened opened = bob.event(ChannelEvent.Opened.class);
      assertEquals(alice.own().ids(), opened.peer().orElseThrow());
      assertTrue(Math.abs(opened.clockSkewSeconds()) <= 5);
      assertEquals(0, bob.manager.halfOpenCount());
      // Bob's way back to Alice is the same connection, although her address is another port.
      Channel back = bob.connect(alice.own(), new InetSocketAddress(LinkNode.LOOPBACK, 1));
      assertFalse(back.initiator());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void client_isNobodyToTheRelay(Engine one, Engine other) throws Exception {
    try (LinkNode alice = LinkNode.client(one);
        LinkNode bob = LinkNode.relay(other, null)) {
      Channel channel = alice.connect(bob.own(), bob.listen());
      assertEquals(bob.own().ids(), channel.peer().orElseThrow());
      assertTrue(bob.event(ChannelEvent.Opened.class).peer().isEmpty());
    }
  }

  @Test
  void nio_worksToo() throws Exception {
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode bob =
            LinkNode.relay(
                Engine.TCNATIVE,
                Transport.NIO,
                null,
                Duration.ofSeconds(10),
                Duration.ofMinutes(3))) {
      assertTrue(alice.connect(bob.own(), bob.listen()).peer().isPresent());
    }
  }

  @Test
  void get_atTheSameTime_makesOneConnection() throws Exception {
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null)) {
      ExtendTarget target = new ExtendTarget(bob.own().ids(), List.of(bob.listen()));
      List<CompletableFuture<Channel>> asked = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        asked.add(alice.manager.get(target));
      }
      Channel first = LinkNode.await(asked.getFirst());
      for (CompletableFuture<Channel> each : asked) {
        assertSame(first, LinkNode.await(each));
      }
      assertSame(first, LinkNode.await(alice.manager.get(target)));
      assertEquals(1, alice.manager.openCount());
    }
  }

  @Test
  void reach_ofARelayThatConnectedToUs_opensAChannelOfOurOwn() throws Exception {
    try (LinkNode alice = LinkNode.relay(Engine.TCNATIVE, null);
        LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null)) {
      ExtendTarget toAlice = new ExtendTarget(alice.own().ids(), List.of(alice.listen()));
      alice.connect(bob.own(), bob.listen());
      Channel ours = LinkNode.await(bob.manager.reach(toAlice));
      assertTrue(ours.initiator());
      assertSame(ours, LinkNode.await(bob.manager.reach(toAlice)));
    }
  }

  @Test
  void get_ofSomeoneElse_failsWithIdentity() throws Exception {
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null)) {
      InetSocketAddress address = bob.listen();
      RelayCredentials carol = LinkNode.newCredentials();
      RelayIds mixed = new RelayIds(bob.own().ids().rsa(), carol.ids().ed().orElseThrow());
      for (RelayIds wrong : List.of(carol.ids(), mixed)) {
        ConnectException failed =
            assertThrows(
                ConnectException.class,
                () -> LinkNode.await(alice.manager.get(new ExtendTarget(wrong, List.of(address)))));
        assertEquals(ConnectException.Reason.IDENTITY, failed.reason());
        assertEquals(DestroyReason.OR_IDENTITY, failed.reason().destroyReason());
      }
      assertEquals(0, alice.manager.openCount());
      assertEquals(
          ConnectException.Reason.IDENTITY, alice.event(ChannelEvent.Failed.class).reason());
    }
  }

  @Test
  void get_triesTheAddressesInOrder() throws Exception {
    InetSocketAddress closed;
    try (ServerSocket socket = new ServerSocket(0, 1, LinkNode.LOOPBACK)) {
      closed = new InetSocketAddress(LinkNode.LOOPBACK, socket.getLocalPort());
    }
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null)) {
      assertTrue(alice.connect(bob.own(), closed, bob.listen()).peer().isPresent());
      ConnectException refused =
          assertThrows(
              ConnectException.class, () -> alice.connect(LinkNode.newCredentials(), closed));
      assertEquals(ConnectException.Reason.REFUSED, refused.reason());
    }
  }

  /** They speak at once, before a ClientHello; each time that must be seen. */
  @Test
  void get_ofPortsThatAreNotTls_failsWithTls() throws Exception {
    int connections = 200;
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        ServerSocket plain = new ServerSocket(0, connections, LinkNode.LOOPBACK)) {
      Thread.ofPlatform().daemon().start(() -> speakFirst(plain));
      InetSocketAddress address = new InetSocketAddress(LinkNode.LOOPBACK, plain.getLocalPort());
      RelayIds ids = LinkNode.newCredentials().ids();
      for (int i = 0; i < connections; i++) {
        ConnectException failed =
            assertThrows(
                ConnectException.class,
                () -> LinkNode.await(alice.manager.get(new ExtendTarget(ids, List.of(address)))));
        assertEquals(ConnectException.Reason.TLS, failed.reason(), "connection " + i);
      }
    }
  }

  private static void speakFirst(ServerSocket plain) {
    byte[] answer = "HTTP/1.0 400 no\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    while (!plain.isClosed()) {
      try (Socket socket = plain.accept()) {
        socket.getOutputStream().write(answer);
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // the other end closes first
      }
    }
  }

  @Test
  void halfOpenConnections_areClosedInTime() throws Exception {
    try (LinkNode bob =
        LinkNode.relay(
            Engine.TCNATIVE,
            Transport.best(),
            null,
            Duration.ofMillis(300),
            Duration.ofMinutes(3))) {
      InetSocketAddress address = bob.listen();
      try (Socket silent = new Socket(address.getAddress(), address.getPort())) {
        silent.setSoTimeout(10_000);
        assertEquals(-1, silent.getInputStream().read());
      }
      LinkNode.until(() -> bob.manager.halfOpenCount() == 0);
    }
  }

  @Test
  void halfOpenConnections_beyondTheBoundOfAnAddress_areRefused() throws Exception {
    try (LinkNode bob =
        LinkNode.relay(
            Engine.TCNATIVE,
            Transport.best(),
            null,
            Duration.ofSeconds(60),
            Duration.ofMinutes(3))) {
      // Of this node's two bounds, 100 accepted connections come first.
      InetSocketAddress address = bob.listen();
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 101; i++) {
          sockets.add(new Socket(address.getAddress(), address.getPort()));
        }
        sockets.getLast().setSoTimeout(10_000);
        assertEquals(-1, sockets.getLast().getInputStream().read());
        assertEquals(100, bob.manager.halfOpenCount());
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  @Test
  void channelWithoutCircuits_isClosedAfterAWhile() throws Exception {
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode bob =
            LinkNode.relay(
                Engine.TCNATIVE,
                Transport.best(),
                null,
                Duration.ofSeconds(10),
                Duration.ofMillis(1))) {
      alice.connect(bob.own(), bob.listen());
      assertEquals(DestroyReason.FINISHED, bob.event(ChannelEvent.Closed.class).why());
      assertEquals(DestroyReason.CHANNEL_CLOSED, alice.event(ChannelEvent.Closed.class).why());
      assertEquals(0, alice.manager.openCount());
    }
  }

  @Test
  void credentials_mayChangeBetweenConnections() throws Exception {
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE);
        LinkNode carol = LinkNode.client(Engine.JDK);
        LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null)) {
      InetSocketAddress address = bob.listen();
      Channel before = alice.connect(bob.own(), address);
      bob.credentials.set(LinkNode.newCredentials());
      Channel after = carol.connect(bob.own(), address);
      assertNotSame(before.peer(), after.peer());
      assertEquals(bob.own().ids(), after.peer().orElseThrow());
    }
  }

  @Test
  void close_closesEverythingAndRefusesMore() throws Exception {
    LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null);
    try (LinkNode alice = LinkNode.client(Engine.TCNATIVE)) {
      InetSocketAddress address = bob.listen();
      alice.connect(bob.own(), address);
      bob.manager.close();
      assertEquals(0, bob.manager.openCount());
      alice.event(ChannelEvent.Closed.class);
      assertThrows(ConnectException.class, () -> alice.connect(bob.own(), address));
      assertThrows(IOException.class, bob::listen);
    } finally {
      bob.close();
    }
  }

  @Test
  void listen_onAPortInUse_fails() throws Exception {
    try (LinkNode bob = LinkNode.relay(Engine.TCNATIVE, null);
        LinkNode carol = LinkNode.relay(Engine.TCNATIVE, null)) {
      InetSocketAddress address = bob.listen();
      assertThrows(IOException.class, () -> carol.manager.listen(address));
    }
  }

  /** 40 MB through one circuit, in both TLS engines, digest and counters compared. */
  @ParameterizedTest
  @MethodSource("engines")
  void relayCells_arriveWholeAndInOrder(Engine one, Engine other) throws Exception {
    int cells = 80_000;
    Sink sink = new Sink(cells);
    CircuitAcceptor acceptor =
        (channel, id, create) -> {
          channel.attach(id, sink);
          channel.send(id, new Created2(Bytes.copyOf(new byte[64])));
        };
    try (LinkNode alice = LinkNode.client(one);
        LinkNode bob = LinkNode.relay(other, acceptor)) {
      Channel channel = alice.connect(bob.own(), bob.listen());
      MessageDigest sent = MessageDigest.getInstance("SHA-256");
      channel.loop().execute(() -> Source.start(channel, cells, sent));
      assertEquals(Bytes.copyOf(LinkNode.await(sink.done)), Bytes.copyOf(sent.digest()));
      assertEquals(cells, alice.counters.written(CellCounters.Kind.RELAY));
      assertEquals(1, bob.counters.read(CellCounters.Kind.CREATE));
      LinkNode.until(() -> bob.counters.read(CellCounters.Kind.RELAY) == cells);
    }
  }

  /** Sends cells as the queue takes them. */
  private static final class Source implements CircuitHalf {
    private static final int HIGH_WATER = 500;
    private final MessageDigest sent;
    private final CompletableFuture<CellQueue> opened;
    private int left;

    private Source(CompletableFuture<CellQueue> opened, int cells, MessageDigest sent) {
      this.opened = opened;
      this.left = cells;
      this.sent = sent;
    }

    static void start(Channel channel, int cells, MessageDigest sent) {
      int id = channel.newCircuitId();
      CompletableFuture<CellQueue> opened = new CompletableFuture<>();
      Source source = new Source(opened, cells, sent);
      assertTrue(channel.attach(id, source));
      opened.complete(channel.openQueue(id));
      opened.join().onDrained(HIGH_WATER / 4, source::fill);
      channel.send(id, CREATE);
    }

    void fill() {
      CellQueue queue = opened.join();
      while (left > 0 && queue.size() < HIGH_WATER) {
        byte[] array = queue.array();
        int at = queue.offset();
        Arrays.fill(array, at, at + 509, (byte) left);
        array[at + 100] = (byte) (left >>> 8);
        sent.update(array, at, 509);
        queue.commit(3);
        left--;
      }
      queue.flush();
      if (left > 0) {
        queue.awaitDrain();
      }
    }

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {}

    @Override
    public void onMessage(ChannelMessage message) {
      fill();
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onChannelClosed(DestroyReason why) {}
  }

  /** Counts and digests cells. */
  private static final class Sink implements CircuitHalf {
    final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private final MessageDigest digest;
    private int left;

    Sink(int cells) throws Exception {
      this.digest = MessageDigest.getInstance("SHA-256");
      this.left = cells;
    }

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {
      digest.update(cell, bodyOffset, 509);
      left--;
    }

    @Override
    public void onMessage(ChannelMessage message) {}

    @Override
    public void onBatchEnd() {
      if (left == 0) {
        done.complete(digest.digest());
      }
    }

    @Override
    public void onChannelClosed(DestroyReason why) {}
  }
}
