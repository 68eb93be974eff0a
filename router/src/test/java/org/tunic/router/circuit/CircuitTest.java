package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.DosKind;
import org.tunic.router.limits.DosParameters;
import org.tunic.router.stream.DataStream;

/** Circuits of both kinds against each other, with the hops on one and on several event loops. */
@Timeout(60)
final class CircuitTest {
  /** Counts down when it has the expected number of bytes. */
  private static final class Sink extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final CountDownLatch whole = new CountDownLatch(1);
    final CountDownLatch closed = new CountDownLatch(1);
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

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closed.countDown();
    }

    byte[] await() throws InterruptedException {
      assertTrue(whole.await(30, TimeUnit.SECONDS), "got " + bytes.size() + " of " + expected);
      return bytes.toByteArray();
    }
  }

  private static Sink read(DataStream stream, int expected) throws Exception {
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

  private static DataStream begin(OriginCircuit circuit) throws Exception {
    DataStream stream = circuit.begin(new Begin("example.com", 80, 0)).get(10, TimeUnit.SECONDS);
    assertTrue(stream.connected().await(10, TimeUnit.SECONDS));
    return stream;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2", "3,1", "3,2", "3,3", "4,2"})
  void bytes_throughAnyNumberOfHopsAndLoops_arriveWholeBothWays(int hops, int loops)
      throws Exception {
    int length = 1_500_000; // several circuit windows
    try (CircuitNetwork network = new CircuitNetwork(hops, loops)) {
      int[] path = new int[hops];
      for (int i = 0; i < hops; i++) {
        path[i] = i;
      }
      OriginCircuit circuit = network.build(path);
      DataStream there = begin(circuit);
      DataStream here = network.relays.get(hops - 1).accepted.getFirst();
      Sink atRelay = read(here, length);
      Sink atOrigin = read(there, length);
      there.writeAndFlush(Unpooled.wrappedBuffer(random(length, 1)));
      here.writeAndFlush(Unpooled.wrappedBuffer(random(length, 2)));
      assertArrayEquals(random(length, 1), atRelay.await());
      assertArrayEquals(random(length, 2), atOrigin.await());
      long cells = 2L * length / 498;
      for (CircuitNetwork.Node relay : network.relays) {
        long read = relay.counters.read(CellCounters.Kind.RELAY);
        assertTrue(read > cells / 2, "a hop saw only " + read + " cells");
      }
    }
  }

  @Test
  void createFast_opensADirectoryStream() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(1, 1)) {
      CircuitNetwork.Node relay = network.relays.getFirst();
      OriginCircuit circuit =
          network
              .origin
              .buildOneHop(
                  new ExtendTarget(relay.ids, relay.spec().addresses()), CircuitNetwork.TIMEOUT)
              .get(10, TimeUnit.SECONDS);
      DataStream stream = circuit.beginDir().get(10, TimeUnit.SECONDS);
      assertTrue(stream.connected().await(10, TimeUnit.SECONDS));
      assertTrue(relay.asked.getFirst().previousHop().relay().isEmpty());
    }
  }

  @Test
  void lastHop_knowsThatThePreviousHopIsARelay() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 2)) {
      begin(network.build(0, 1));
      assertTrue(network.relays.get(1).asked.getFirst().previousHop().relay().isPresent());
    }
  }

  @Test
  void events_comeInOrder() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 1)) {
      OriginCircuit circuit = network.build(0, 1);
      circuit.close(DestroyReason.FINISHED);
      circuit.closed().get(10, TimeUnit.SECONDS);
      circuit.channel().loop().submit(() -> {}).get();
      assertEquals(
          List.of(
              new CircuitEvent.Launched(1, 2),
              new CircuitEvent.Extended(1, 1),
              new CircuitEvent.Extended(1, 2),
              new CircuitEvent.Built(1),
              new CircuitEvent.Closed(1, DestroyReason.FINISHED)),
          network.events);
    }
  }

  @Test
  void build_withAnOnionKeyOfAnotherRelay_failsAtThatHop() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1)) {
      HopSpec right = network.relays.get(1).spec();
      HopSpec wrong =
          new HopSpec(
              right.ids(),
              network.relays.get(2).onionKey.publicKey(),
              right.addresses(),
              right.protocols());
      CircuitFailedException failure =
          failure(network, List.of(network.relays.get(0).spec(), wrong));
      assertEquals(2, failure.hop());
    }
  }

  @Test
  void build_toARelayThatIsNotThere_failsAtThatHop() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(1, 1)) {
      HopSpec there = network.relays.get(0).spec();
      byte[] nobody = new byte[20];
      nobody[19] = 9;
      HopSpec missing =
          new HopSpec(
              RelayIds.ofRsa(new RsaIdentity(Bytes.copyOf(nobody))),
              there.onionKey(),
              there.addresses(),
              there.protocols());
      assertEquals(1, failure(network, List.of(missing)).hop());
      CircuitFailedException second = failure(network, List.of(there, missing));
      assertEquals(2, second.hop());
      assertEquals(DestroyReason.CONNECTFAILED, second.reason());
    }
  }

  @Test
  void build_toARelayWhoseNameDoesNotFitAnExtend2_fails() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 1)) {
      HopSpec there = network.relays.get(1).spec();
      HopSpec wordy =
          new HopSpec(
              there.ids(),
              there.onionKey(),
              Collections.nCopies(100, there.addresses().getFirst()),
              there.protocols());
      CircuitFailedException failure =
          failure(network, List.of(network.relays.get(0).spec(), wordy));
      assertEquals(2, failure.hop());
      assertEquals(DestroyReason.INTERNAL, failure.reason());
    }
  }

  private static CircuitFailedException failure(CircuitNetwork network, List<HopSpec> path) {
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () -> network.origin.build(path, CircuitNetwork.TIMEOUT).get(20, TimeUnit.SECONDS));
    return assertInstanceOf(CircuitFailedException.class, e.getCause());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void channelThatDies_endsTheCircuitAtBothEnds(int loops) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, loops)) {
      OriginCircuit circuit = network.build(0, 1, 2);
      DataStream there = begin(circuit);
      Sink atOrigin = read(there, 1);
      Sink atExit = read(network.relays.get(2).accepted.getFirst(), 1);
      network.relays.get(2).incoming.getFirst().close();
      assertTrue(atExit.closed.await(10, TimeUnit.SECONDS));
      assertTrue(atOrigin.closed.await(10, TimeUnit.SECONDS));
      circuit.closed().get(10, TimeUnit.SECONDS);
      for (CircuitNetwork.Node relay : network.relays) {
        awaitNoCircuits(relay);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void close_releasesEveryRelay(int loops) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, loops)) {
      OriginCircuit circuit = network.build(0, 1, 2);
      begin(circuit);
      circuit.close(DestroyReason.FINISHED);
      for (CircuitNetwork.Node relay : network.relays) {
        awaitNoCircuits(relay);
      }
    }
  }

  private static void awaitNoCircuits(CircuitNetwork.Node relay) throws InterruptedException {
    awaitCircuits(relay, 0);
  }

  private static void awaitCircuits(CircuitNetwork.Node relay, int count)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (relay.circuits.openCount() > count && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertEquals(count, relay.circuits.openCount());
  }

  @Test
  void extend2_backToThePreviousHopOrToItself_isRefused() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 1)) {
      assertEquals(DestroyReason.PROTOCOL, failure(network, network.path(0, 1, 0)).reason());
      assertEquals(DestroyReason.PROTOCOL, failure(network, network.path(0, 0)).reason());
    }
  }

  @Test
  void manyCircuits_overTheSameChannels_doNotMix() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 2)) {
      int count = 20;
      int length = 200_000;
      Sink[] sinks = new Sink[count];
      for (int i = 0; i < count; i++) {
        DataStream there = begin(network.build(0, 1, 2));
        sinks[i] = read(network.relays.get(2).accepted.get(i), length);
        there.writeAndFlush(Unpooled.wrappedBuffer(random(length, i)));
      }
      for (int i = 0; i < count; i++) {
        assertArrayEquals(random(length, i), sinks[i].await(), "circuit " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void queueOverItsBound_endsTheCircuit(boolean outbound) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 2, 100)) {
      OriginCircuit circuit = network.build(0, 1, 2);
      DataStream there = begin(circuit);
      DataStream atExit = network.relays.get(2).accepted.getFirst();
      CircuitNetwork.Node middle = network.relays.get(1);
      // The middle's sockets take nothing: cells pile up there, in one direction.
      (outbound ? network.relays.get(2) : middle).incoming.getFirst().blockWriting(outbound);
      (outbound ? there : atExit).writeAndFlush(Unpooled.wrappedBuffer(random(400 * 498, 1)));
      (outbound ? there : atExit).closeFuture().get(20, TimeUnit.SECONDS);
      assertEquals(1, middle.limits.counters().dos(DosKind.CIRCUIT_KILLED_MAX_CELL));
      assertEquals(
          outbound ? 1 : 0, middle.limits.counters().dos(DosKind.CIRCUIT_KILLED_MAX_CELL_OUTQ));
    }
  }

  private static DosDefences defend(CircuitNetwork.Node node, Map<String, Integer> options) {
    DosDefences dos = node.limits.dos().orElseThrow();
    dos.use(DosParameters.of(ConsensusParameters.DEFAULTS, options));
    return dos;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void circuitsOfOneClient_beyondTheBurst_areRefusedWhileDefended(int enabled) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(1, 1)) {
      DosDefences dos =
          defend(
              network.relays.getFirst(),
              Map.of(
                  "DoSCircuitCreationEnabled", enabled,
                  "DoSConnectionEnabled", 1,
                  "DoSCircuitCreationBurst", 5,
                  "DoSCircuitCreationMinConnections", 1));
      assertNotNull(dos.accept(InetAddress.getLoopbackAddress()));
      for (int i = 0; i < 4; i++) {
        network.build(0);
      }
      if (enabled == 0) {
        network.build(0);
        return;
      }
      ExecutionException failure = assertThrows(ExecutionException.class, () -> network.build(0));
      assertEquals(
          DestroyReason.RESOURCELIMIT,
          assertInstanceOf(CircuitFailedException.class, failure.getCause()).reason());
      assertEquals(1, network.relays.getFirst().limits.counters().dos(DosKind.CIRCUIT_REJECTED));
    }
  }

  @Test
  void circuits_beyondHalfOfTheMemory_areRefusedUntilOneCloses() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(1, 1)) {
      OriginCircuit first = network.build(0);
      network.build(0);
      network.contexts.memory().limit(2 * 2 * RelayCircuits.CIRCUIT_BYTES);
      ExecutionException failure = assertThrows(ExecutionException.class, () -> network.build(0));
      assertEquals(
          DestroyReason.RESOURCELIMIT,
          assertInstanceOf(CircuitFailedException.class, failure.getCause()).reason());
      first.close(DestroyReason.FINISHED);
      awaitCircuits(network.relays.getFirst(), 1);
      network.build(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,2", "1,3"})
  void streamsOfOneCircuit_beyondTheBurst_areRefusedWhileDefended(int enabled, int type)
      throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 1)) {
      defend(
          network.relays.get(1),
          Map.of(
              "DoSStreamCreationEnabled",
              enabled,
              "DoSStreamCreationRate",
              1,
              "DoSStreamCreationBurst",
              3,
              "DoSStreamCreationDefenseType",
              type));
      OriginCircuit circuit = network.build(0, 1);
      DataStream first = begin(circuit);
      begin(circuit);
      begin(circuit);
      DataStream fourth = circuit.begin(new Begin("example.com", 80, 0)).get(10, TimeUnit.SECONDS);
      assertTrue(fourth.connected().await(10, TimeUnit.SECONDS));
      assertEquals(enabled == 0, fourth.connected().isSuccess());
      if (type == 3) {
        first.closeFuture().get(10, TimeUnit.SECONDS);
      } else {
        assertTrue(first.isOpen());
      }
    }
  }
}
