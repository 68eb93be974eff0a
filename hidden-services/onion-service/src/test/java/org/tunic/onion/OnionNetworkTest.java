package org.tunic.onion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.PowDefence;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.onion.host.ServiceTarget;
import org.tunic.onion.host.StreamRules;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;

/** Visitors and services meet over real circuits in memory. */
@Timeout(120)
final class OnionNetworkTest {
  private static final IsolationKey ALICE = IsolationKey.ofGroup(1);
  private static final IsolationKey BOB = IsolationKey.ofGroup(2);

  private final OnionNetwork network = new OnionNetwork();
  private final SeededRandom random = new SeededRandom(77);
  private final OnionNetwork.Node host = network.node(1);
  private final Echo echo = new Echo();

  @AfterEach
  void close() {
    network.close();
  }

  /** Sends back what comes, and notes who asked. */
  private static final class Echo implements ServiceTarget {
    final List<VisitorStream> asked = new CopyOnWriteArrayList<>();

    @Override
    public void onStream(VisitorStream stream) {
      asked.add(stream);
      Channel channel = stream.accept();
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ctx.writeAndFlush(message);
                }
              });
      channel.config().setAutoRead(true);
    }
  }

  private ServiceSettings settings(StreamRules rules, List<HsClientPublicKey> clients) {
    return new ServiceSettings(
        Map.of(80, List.of(echo)),
        rules,
        ServiceSettings.DEFAULT_INTRO_POINTS,
        clients,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private OnionService start(ServiceSettings settings) throws Exception {
    OnionService service = host.services.add(HsIdKeypair.generate(random), settings);
    service.published().get(30, TimeUnit.SECONDS);
    return service;
  }

  private OnionService start() throws Exception {
    return start(ServiceSettings.of(Map.of(80, List.of(echo))));
  }

  private static Channel dial(OnionNetwork.Node from, HsId service, int port, IsolationKey key)
      throws Exception {
    return from.client.dial(service, port, key).get(60, TimeUnit.SECONDS);
  }

  private static Throwable failure(OnionNetwork.Node from, HsId service, int port) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> dial(from, service, port, ALICE));
    return thrown.getCause();
  }

  private static void assertFails(Reason reason, OnionNetwork.Node from, HsId service) {
    assertEquals(reason, assertInstanceOf(OnionFailure.class, failure(from, service, 80)).reason());
  }

  /** Sends bytes and takes back as many. */
  private static byte[] exchange(Channel stream, byte[] sent) throws Exception {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    CompletableFuture<Void> all = new CompletableFuture<>();
    stream
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf in = (ByteBuf) message;
                byte[] bytes = new byte[in.readableBytes()];
                in.readBytes(bytes);
                in.release();
                received.writeBytes(bytes);
                if (received.size() >= sent.length) {
                  all.complete(null);
                }
              }
            });
    stream.config().setAutoRead(true);
    stream.writeAndFlush(Unpooled.wrappedBuffer(sent));
    all.get(30, TimeUnit.SECONDS);
    return received.toByteArray();
  }

  @Test
  void dial_service_carriesBytesBothWays() throws Exception {
    OnionService service = start();
    OnionNetwork.Node visitor = network.node(2);
    byte[] sent = random.bytes(300_000);
    assertArrayEquals(sent, exchange(dial(visitor, service.id(), 80, ALICE), sent));
    assertEquals(sent.length, service.counters().port(80).written());
    assertEquals(sent.length, service.counters().port(80).read());
    assertEquals(1, service.counters().visitors());
    assertEquals(1, service.counters().meetingTimes().count());
    assertEquals(ServiceSettings.DEFAULT_INTRO_POINTS, service.counters().introPoints());
  }

  @Test
  void dial_sameKey_sharesTheCircuit_anotherDoesNot() throws Exception {
    OnionService service = start();
    OnionNetwork.Node visitor = network.node(2);
    dial(visitor, service.id(), 80, ALICE);
    dial(visitor, service.id(), 80, ALICE);
    dial(visitor, service.id(), 80, BOB);
    assertEquals(3, echo.asked.size());
    assertEquals(echo.asked.get(0).circuitTag(), echo.asked.get(1).circuitTag());
    assertNotEquals(echo.asked.get(0).circuitTag(), echo.asked.get(2).circuitTag());
    assertEquals(2, service.counters().meetings());
  }

  @Test
  void closeCircuit_endsTheVisitorsStreams_andItMayComeAgain() throws Exception {
    OnionService service = start();
    OnionNetwork.Node visitor = network.node(2);
    Channel stream = dial(visitor, service.id(), 80, ALICE);
    echo.asked.getFirst().closeCircuit();
    stream.closeFuture().get(20, TimeUnit.SECONDS);
    assertTrue(dial(visitor, service.id(), 80, ALICE).isActive());
  }

  @Test
  void dial_portThatIsNotThere_endsAsIfClosed_andOnlyCTorsFlagClosesTheCircuit() throws Exception {
    OnionService service = start();
    OnionNetwork.Node visitor = network.node(2);
    Channel stream = dial(visitor, service.id(), 80, ALICE);
    StreamEndedException ended =
        assertInstanceOf(StreamEndedException.class, failure(visitor, service.id(), 81));
    assertEquals(EndReason.DONE, ended.reason());
    assertTrue(stream.isActive());
    service.use(settings(new StreamRules(0, false, true), List.of()));
    failure(visitor, service.id(), 81);
    stream.closeFuture().get(20, TimeUnit.SECONDS);
  }

  /** Any relay on the way may have dropped it with the circuit, so more than one is asked. */
  @Test
  void dial_portThatClosesTheCircuit_isToldFirst() throws Exception {
    OnionService service = start(settings(new StreamRules(0, false, true), List.of()));
    OnionNetwork.Node visitor = network.node(2);
    EndReason reason = EndReason.DESTROY;
    for (int i = 0; i < 30 && reason.equals(EndReason.DESTROY); i++) {
      reason =
          assertInstanceOf(StreamEndedException.class, failure(visitor, service.id(), 81)).reason();
    }
    assertEquals(EndReason.DONE, reason);
  }

  @Test
  void maxStreams_oneMoreIsRefused_orClosesTheCircuit() throws Exception {
    OnionService service = start(settings(new StreamRules(2, false, false), List.of()));
    OnionNetwork.Node visitor = network.node(2);
    Channel first = dial(visitor, service.id(), 80, ALICE);
    Channel second = dial(visitor, service.id(), 80, ALICE);
    assertInstanceOf(StreamEndedException.class, failure(visitor, service.id(), 80));
    assertTrue(first.isActive());
    second.close().get(20, TimeUnit.SECONDS);
    Channel third = dial(visitor, service.id(), 80, ALICE);
    service.use(settings(new StreamRules(2, true, false), List.of()));
    failure(visitor, service.id(), 80);
    first.closeFuture().get(20, TimeUnit.SECONDS);
    third.closeFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void clientAuthorisation_letsOnlyKnownKeysIn() throws Exception {
    HsClientKeypair known = HsClientKeypair.generate(random);
    HsClientKeypair unknown = HsClientKeypair.generate(random);
    OnionService service = start(settings(StreamRules.DEFAULT, List.of(known.publicKey())));
    assertFails(Reason.MISSING_CLIENT_AUTHORIZATION, network.node(2), service.id());
    assertFails(
        Reason.WRONG_CLIENT_AUTHORIZATION,
        network.node(3, _ -> Optional.of(unknown)),
        service.id());
    OnionNetwork.Node friend = network.node(4, _ -> Optional.of(known));
    assertTrue(dial(friend, service.id(), 80, ALICE).isActive());
  }

  @Test
  void dial_beforeTheNetworkIsKnown_waitsForIt() throws Exception {
    OnionService service = start();
    OnionNetwork.Node late = network.lateNode(5);
    CompletableFuture<? extends Channel> stream = late.client.dial(service.id(), 80, ALICE);
    assertFalse(stream.isDone());
    late.learnNetwork();
    assertTrue(stream.get(30, TimeUnit.SECONDS).isActive());
  }

  @Test
  void dial_withoutDescriptor_isNotFound() throws Exception {
    HsId nobody = HsIdKeypair.generate(random).id();
    assertFails(Reason.DESCRIPTOR_NOT_FOUND, network.node(2), nobody);
  }

  @Test
  void dial_corruptDescriptor_isInvalid_andAnotherDirectoryIsAsked() throws Exception {
    OnionService service = start();
    while (service.counters().uploads() < 16) {
      Thread.onSpinWait(); // until all four directories of two replicas have both descriptors
    }
    AtomicInteger fetches = new AtomicInteger();
    network.onTheWay =
        bytes -> {
          fetches.incrementAndGet();
          byte[] bad = bytes.toArray();
          bad[bad.length / 2] ^= 1;
          return Bytes.copyOf(bad);
        };
    assertFails(Reason.DESCRIPTOR_INVALID, network.node(2), service.id());
    assertEquals(6, fetches.get(), "all directories of both replicas");
  }

  /** A directory that passes off another service's good descriptor, signed by another key. */
  @Test
  void dial_descriptorOfAnotherBlindedKey_isInvalid() throws Exception {
    OnionService wanted = start();
    OnionService other = start();
    assertEquals(4, network.stored.size(), "two of each");
    network.onTheWay =
        bytes ->
            network.stored.values().stream()
                .map(text -> Bytes.copyOf(text.bytes()))
                .filter(one -> !one.equals(bytes))
                .findFirst()
                .orElseThrow();
    assertFails(Reason.DESCRIPTOR_INVALID, network.node(2), wanted.id());
    assertTrue(other.published().isDone());
  }

  @Test
  void restart_sameKey_isFoundByAVisitorWhoKnewItBefore() throws Exception {
    byte[] secret;
    try (HsIdKeypair key = HsIdKeypair.generate(random)) {
      secret = key.expandedSecret().borrow().clone();
    }
    OnionNetwork.Node visitor = network.node(2);
    OnionService first =
        host.services.add(
            HsIdKeypair.fromExpanded(secret), ServiceSettings.of(Map.of(80, List.of(echo))));
    first.published().get(30, TimeUnit.SECONDS);
    HsId id = first.id();
    Channel stream = dial(visitor, id, 80, ALICE);
    first.close();
    stream.closeFuture().get(20, TimeUnit.SECONDS);
    network.clock.advance(java.time.Duration.ofSeconds(5));
    OnionService second =
        network
            .node(3)
            .services
            .add(HsIdKeypair.fromExpanded(secret), ServiceSettings.of(Map.of(80, List.of(echo))));
    second.published().get(30, TimeUnit.SECONDS);
    assertEquals(id, second.id());
    assertTrue(dial(visitor, id, 80, ALICE).isActive());
  }

  @Test
  void proofOfWork_withoutSuggestedEffort_letsVisitorsIn() throws Exception {
    OnionService service =
        start(
            new ServiceSettings(
                Map.of(80, List.of(echo)),
                StreamRules.DEFAULT,
                3,
                List.of(),
                Optional.empty(),
                Optional.of(PowDefence.ofDefaults()),
                false));
    assertTrue(dial(network.node(2), service.id(), 80, ALICE).isActive());
  }

  @Test
  void singleHop_isReachable() throws Exception {
    OnionService service =
        start(
            new ServiceSettings(
                Map.of(80, List.of(echo)),
                StreamRules.DEFAULT,
                3,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                true));
    assertTrue(dial(network.node(2), service.id(), 80, ALICE).isActive());
  }

  @Test
  void sign_isOfTheServiceAndTheDomain() throws Exception {
    OnionService service = start();
    Bytes message = Bytes.copyOf(random.bytes(40));
    Bytes signature = service.sign("chat", message);
    assertTrue(service.id().verify("chat", message, signature));
    assertFalse(service.id().verify("mail", message, signature));
    assertFalse(service.id().verify("chat", Bytes.EMPTY, signature));
    service.close();
    assertThrows(IllegalStateException.class, () -> service.sign("chat", message));
  }

  @Test
  void add_sameKeyTwice_fails() throws Exception {
    byte[] secret;
    try (HsIdKeypair key = HsIdKeypair.generate(random)) {
      secret = key.expandedSecret().borrow().clone();
    }
    ServiceSettings settings = ServiceSettings.of(Map.of(80, List.of(echo)));
    OnionService first = host.services.add(HsIdKeypair.fromExpanded(secret), settings);
    assertThrows(
        IllegalStateException.class,
        () -> host.services.add(HsIdKeypair.fromExpanded(secret), settings));
    host.services.remove(first.id());
    assertEquals(first.id(), host.services.add(HsIdKeypair.fromExpanded(secret), settings).id());
  }
}
