package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EstablishIntro;
import org.tunic.router.cell.EstablishRendezvous;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.IntroDos;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.IntroduceAck;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayMessage;
import org.tunic.router.cell.Rendezvous1;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.circuit.ServicePoints.EstablishIntroResult;
import org.tunic.router.circuit.ServicePoints.EstablishRendezvousResult;
import org.tunic.router.circuit.ServicePoints.Introduce1Result;
import org.tunic.router.circuit.ServicePoints.Rendezvous1Result;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;
import org.tunic.testing.SeededRandom;

/** Introduction points and rendezvous points, with the circuits on one and on several loops. */
@Timeout(60)
final class ServiceEndTest {
  private static final int POINT = 2;
  private static final int[] OF_CLIENT = {0, 1, POINT};
  private static final int[] OF_SERVICE = {3, 4, POINT};

  private final SecureRandom random = new SeededRandom(11);

  /** An origin circuit and what came on it. */
  private record End(OriginCircuit circuit, BlockingQueue<Came> came) {
    Came next() throws InterruptedException {
      return came.poll(10, TimeUnit.SECONDS);
    }

    void expect(int command) throws InterruptedException {
      Came next = next();
      assertTrue(next != null && next.command == command, () -> command + " expected: " + next);
    }

    DestroyReason closed() throws Exception {
      return circuit.closed().get(10, TimeUnit.SECONDS);
    }
  }

  private record Came(int command, Bytes body) {}

  private static End end(CircuitNetwork network, int... path) throws Exception {
    BlockingQueue<Came> came = new LinkedBlockingQueue<>();
    OriginCircuit circuit =
        network
            .origin
            .build(network.path(path), OriginCircuits.Use.ONION_SERVICE, CircuitNetwork.TIMEOUT)
            .get(20, TimeUnit.SECONDS);
    circuit.listen((command, body) -> came.add(new Came(command, body)));
    return new End(circuit, came);
  }

  private static void tell(End end, RelayMessage message) throws Exception {
    end.circuit.tell(message).get(10, TimeUnit.SECONDS);
  }

  private static ServicePoints points(CircuitNetwork network) {
    return network.relays.get(POINT).servicePoints;
  }

  // ---- introduction ----

  private End introductionPoint(CircuitNetwork network, Ed25519Keypair key, ExtensionList asks)
      throws Exception {
    End service = end(network, OF_SERVICE);
    service
        .circuit
        .tell(binding -> EstablishIntro.sign(key, asks, binding))
        .get(10, TimeUnit.SECONDS);
    service.expect(RelayCommand.INTRO_ESTABLISHED);
    return service;
  }

  private static Introduce1 introduce(Ed25519Keypair key, String message) {
    return new Introduce1(key.identity(), ExtensionList.EMPTY, Bytes.copyOf(message.getBytes()));
  }

  private static int status(End client) throws Exception {
    Came ack = client.next();
    assertEquals(RelayCommand.INTRODUCE_ACK, ack.command);
    return IntroduceAck.decode(ack.body.reader()).status();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void introduce1_reachesTheService_andIsAcknowledged(int loops) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, loops)) {
      Ed25519Keypair key = Ed25519Keypair.generate(random);
      End service = introductionPoint(network, key, ExtensionList.EMPTY);
      End client = end(network, OF_CLIENT);
      Introduce1 message = introduce(key, "hello");
      tell(client, message);
      assertEquals(IntroduceAck.SUCCESS, status(client));
      Came came = service.next();
      assertEquals(RelayCommand.INTRODUCE2, came.command);
      assertEquals(message, Introduce1.decode(came.body.reader()));
      assertEquals(1, points(network).counted(Introduce1Result.SUCCESS));
      assertEquals(1, points(network).counted(EstablishIntroResult.SUCCESS));

      tell(client, message); // one client, one introduction
      assertEquals(DestroyReason.PROTOCOL, client.closed());
      assertEquals(1, points(network).counted(Introduce1Result.CIRCUIT_REUSED));
    }
  }

  @Test
  void introduce1_toAnUnknownOrDeadService_isRefused() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 2)) {
      Ed25519Keypair key = Ed25519Keypair.generate(random);
      End client = end(network, OF_CLIENT);
      tell(client, introduce(key, "hello"));
      assertEquals(IntroduceAck.UNKNOWN_SERVICE, status(client));

      End service = introductionPoint(network, key, ExtensionList.EMPTY);
      service.circuit.close(DestroyReason.FINISHED);
      awaitCount(() -> points(network).introduction(key.identity()).isPresent() ? 1 : 0, 0);
      End another = end(network, OF_CLIENT);
      tell(another, introduce(key, "hello"));
      assertEquals(IntroduceAck.UNKNOWN_SERVICE, status(another));
      assertEquals(2, points(network).counted(Introduce1Result.UNKNOWN_SERVICE));
    }
  }

  @Test
  void introduce1_oneHopAway_closesTheCircuit() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1)) {
      Ed25519Keypair key = Ed25519Keypair.generate(random);
      introductionPoint(network, key, ExtensionList.EMPTY);
      End client = end(network, POINT);
      tell(client, introduce(key, "hello"));
      assertEquals(DestroyReason.PROTOCOL, client.closed());
      assertEquals(1, points(network).counted(Introduce1Result.SINGLE_HOP));
    }
  }

  @Test
  void introductions_beyondWhatTheServiceAsksFor_areRefused() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1)) {
      Ed25519Keypair key = Ed25519Keypair.generate(random);
      End service =
          introductionPoint(
              network, key, new ExtensionList(List.of(new IntroDos(1, 2).extension())));
      int refused = 0;
      for (int i = 0; i < 6; i++) {
        End client = end(network, OF_CLIENT);
        tell(client, introduce(key, "hello"));
        refused += status(client) == IntroduceAck.SUCCESS ? 0 : 1;
      }
      assertTrue(refused > 0, "nothing was refused");
      assertEquals(refused, points(network).counted(Introduce1Result.RATE_LIMITED));
      assertEquals(6 - refused, service.came.size());
    }
  }

  @Test
  void establishIntro_forAnotherCircuit_closesThisOne() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1)) {
      Ed25519Keypair key = Ed25519Keypair.generate(random);
      CompletableFuture<RelayMessage> stolen = new CompletableFuture<>();
      End service = end(network, OF_SERVICE);
      service
          .circuit
          .tell(
              binding -> {
                EstablishIntro message = EstablishIntro.sign(key, ExtensionList.EMPTY, binding);
                stolen.complete(message);
                return message;
              })
          .get(10, TimeUnit.SECONDS);
      service.expect(RelayCommand.INTRO_ESTABLISHED);
      End thief = end(network, OF_CLIENT);
      tell(thief, stolen.get());
      assertEquals(DestroyReason.PROTOCOL, thief.closed());
      assertEquals(1, points(network).counted(EstablishIntroResult.MALFORMED));
      assertTrue(service.circuit.isOpen());
    }
  }

  // ---- rendezvous ----

  private static final class Sink extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final CountDownLatch whole = new CountDownLatch(1);
    private final int expected;

    Sink(int expected) {
      this.expected = expected;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buf = (ByteBuf) message;
      byte[] copy = new byte[buf.readableBytes()];
      buf.readBytes(copy);
      buf.release();
      bytes.writeBytes(copy);
      if (bytes.size() >= expected) {
        whole.countDown();
      }
    }

    static Sink on(DataStream stream, int expected) throws Exception {
      Sink sink = new Sink(expected);
      stream
          .eventLoop()
          .submit(
              () -> {
                stream.pipeline().addLast(sink);
                stream.config().setAutoRead(true);
              })
          .get();
      return sink;
    }

    byte[] await() throws InterruptedException {
      assertTrue(whole.await(30, TimeUnit.SECONDS), "got " + bytes.size() + " of " + expected);
      return bytes.toByteArray();
    }
  }

  /** A service that takes every stream. */
  private static final class Accepting implements StreamAcceptor {
    final BlockingQueue<DataStream> accepted = new LinkedBlockingQueue<>();

    @Override
    public void onBegin(IncomingStream stream) {
      accepted.add(stream.accept(Connected.WITHOUT_ADDRESS));
    }

    @Override
    public void onBeginDir(IncomingStream stream) {
      onBegin(stream);
    }

    @Override
    public void onResolve(IncomingResolve resolve) {}
  }

  private record Pair(End client, End service, Accepting streams) {}

  private Pair meet(CircuitNetwork network) throws Exception {
    RendezvousCookie cookie = RendezvousCookie.generate(random);
    End client = end(network, OF_CLIENT);
    tell(client, new EstablishRendezvous(cookie));
    client.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
    End service = end(network, OF_SERVICE);
    tell(service, new Rendezvous1(cookie, Bytes.copyOf(new byte[64])));
    client.expect(RelayCommand.RENDEZVOUS2);

    byte[] material = new byte[Tor1Keys.HS_LENGTH];
    new Random(5).nextBytes(material);
    Accepting streams = new Accepting();
    FlowControl flow = new FlowControl.FixedWindows(1000);
    try (Tor1Keys keys = Tor1Keys.ofHsHop(material);
        Tor1Keys reversed = keys.reversed()) {
      service
          .circuit
          .meet(null, new Tor1OriginLayer(reversed), flow, streams)
          .get(10, TimeUnit.SECONDS);
      client.circuit.meet(null, new Tor1OriginLayer(keys), flow, null).get(10, TimeUnit.SECONDS);
    }
    return new Pair(client, service, streams);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void bytes_throughARendezvous_arriveWholeBothWays(int loops) throws Exception {
    int length = 700_000;
    try (CircuitNetwork network = new CircuitNetwork(5, loops)) {
      Pair pair = meet(network);
      DataStream there = pair.client.circuit.begin(new Begin("", 80, 0)).get(10, TimeUnit.SECONDS);
      assertTrue(there.connected().await(10, TimeUnit.SECONDS));
      DataStream here = pair.streams.accepted.poll(10, TimeUnit.SECONDS);
      Sink atService = Sink.on(here, length);
      Sink atClient = Sink.on(there, length);
      byte[] one = new byte[length];
      byte[] other = new byte[length];
      new Random(1).nextBytes(one);
      new Random(2).nextBytes(other);
      there.writeAndFlush(Unpooled.wrappedBuffer(one));
      here.writeAndFlush(Unpooled.wrappedBuffer(other));
      assertArrayEquals(one, atService.await());
      assertArrayEquals(other, atClient.await());
      assertEquals(1, points(network).counted(Rendezvous1Result.SUCCESS));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,true", "3,true", "1,false", "3,false"})
  void eitherSide_closing_closesTheOther(int loops, boolean clientFirst) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, loops)) {
      Pair pair = meet(network);
      End first = clientFirst ? pair.client : pair.service;
      End second = clientFirst ? pair.service : pair.client;
      first.circuit.close(DestroyReason.FINISHED);
      assertNotEquals(null, second.closed());
      awaitCount(() -> network.relays.get(POINT).circuits.openCount(), 0);
    }
  }

  /** Both ends close at the same moment, again and again: nothing is left, whoever was faster. */
  @Test
  void bothSides_closingAtOnce_leaveNothing() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 4)) {
      for (int i = 0; i < 40; i++) {
        Pair pair = meet(network);
        pair.client.circuit.close(DestroyReason.FINISHED);
        pair.service.circuit.close(DestroyReason.FINISHED);
      }
      awaitCount(() -> network.relays.get(POINT).circuits.openCount(), 0);
    }
  }

  /** The client gives up while its service comes: the service is told, and nothing is left. */
  @Test
  void client_leavingAsTheServiceComes_closesTheService() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 4)) {
      for (int i = 0; i < 40; i++) {
        RendezvousCookie cookie = RendezvousCookie.generate(random);
        End client = end(network, OF_CLIENT);
        tell(client, new EstablishRendezvous(cookie));
        client.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
        End service = end(network, OF_SERVICE);
        client.circuit.close(DestroyReason.FINISHED);
        service.circuit.tell(new Rendezvous1(cookie, Bytes.copyOf(new byte[64])));
        assertNotEquals(null, service.closed());
      }
      awaitCount(() -> network.relays.get(POINT).circuits.openCount(), 0);
    }
  }

  @Test
  void rendezvous1_withAnUnknownCookie_closesTheCircuit() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 2)) {
      End client = end(network, OF_CLIENT);
      tell(client, new EstablishRendezvous(RendezvousCookie.generate(random)));
      client.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
      End service = end(network, OF_SERVICE);
      tell(service, new Rendezvous1(RendezvousCookie.generate(random), Bytes.copyOf(new byte[64])));
      assertEquals(DestroyReason.PROTOCOL, service.closed());
      assertEquals(1, points(network).counted(Rendezvous1Result.UNKNOWN_COOKIE));
      assertNull(client.came.poll(200, TimeUnit.MILLISECONDS));
      assertTrue(client.circuit.isOpen());
    }
  }

  @Test
  void establishRendezvous_withACookieInUse_closesTheCircuit() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1)) {
      RendezvousCookie cookie = RendezvousCookie.generate(random);
      End client = end(network, OF_CLIENT);
      tell(client, new EstablishRendezvous(cookie));
      client.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
      End other = end(network, OF_CLIENT);
      tell(other, new EstablishRendezvous(cookie));
      assertEquals(DestroyReason.PROTOCOL, other.closed());
      assertEquals(1, points(network).counted(EstablishRendezvousResult.DUPLICATE_COOKIE));
    }
  }

  @Test
  void stream_atARendezvousPoint_isRefused() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(5, 1)) {
      End client = end(network, OF_CLIENT);
      tell(client, new EstablishRendezvous(RendezvousCookie.generate(random)));
      client.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
      DataStream stream =
          client.circuit.begin(new Begin("example.com", 80, 0)).get(10, TimeUnit.SECONDS);
      assertTrue(stream.connected().await(10, TimeUnit.SECONDS));
      assertTrue(!stream.connected().isSuccess(), "the stream was taken");
      assertTrue(network.relays.get(POINT).accepted.isEmpty());
    }
  }

  private interface Count {
    int now();
  }

  private static void awaitCount(Count count, int expected) throws InterruptedException {
    for (int i = 0; i < 1000 && count.now() != expected; i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertEquals(expected, count.now());
  }
}
