package org.tunic.router.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.testing.SeededRandom;

/** Each defence at its edge, and the same load with the defence off. */
class DosDefencesTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicLong nanos = new AtomicLong();
  private final LimitCounters counters = new LimitCounters();
  private final DosDefences dos = new DosDefences(counters, nanos::get, new SeededRandom(3));

  private void use(Map<String, Integer> consensus, Map<String, Integer> torrc) {
    dos.use(DosParameters.of(new ConsensusParameters(consensus), torrc));
  }

  private void seconds(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private List<DosDefences.Connection> connect(InetAddress address, int times) {
    List<DosDefences.Connection> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.add(taken(dos.accept(address)));
    }
    return all;
  }

  private static DosDefences.Connection taken(DosDefences.Connection connection) {
    assertNotNull(connection);
    return connection;
  }

  private int refusedOf(int circuits, InetAddress address) {
    int refused = 0;
    for (int i = 0; i < circuits; i++) {
      refused += dos.refusesCircuit(address) ? 1 : 0;
    }
    return refused;
  }

  @Test
  void circuits_beyondTheBurst_areRefusedAndTheAddressMarked() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of());
    connect(CLIENT, 3);
    connect(OTHER, 3);
    // The ninetieth circuit empties the bucket, and with it comes the mark.
    assertEquals(11, refusedOf(100, CLIENT));
    assertEquals(0, refusedOf(50, OTHER));
    assertEquals(1, counters.dos(DosKind.MARKED_ADDRESS));
    assertEquals(11, counters.dos(DosKind.CIRCUIT_REJECTED));
    seconds(60 * 60 - 1);
    assertTrue(dos.refusesCircuit(CLIENT));
    seconds(60 * 60 * 3);
    assertFalse(dos.refusesCircuit(CLIENT));
  }

  @Test
  void circuits_withTheDefenceOff_areTaken() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of("DoSCircuitCreationEnabled", 0));
    connect(CLIENT, 3);
    assertEquals(0, refusedOf(1000, CLIENT));
  }

  @Test
  void circuits_ofDefenceTypeNone_areCountedAndTaken() {
    use(Map.of("DoSCircuitCreationEnabled", 1, "DoSCircuitCreationDefenseType", 1), Map.of());
    connect(CLIENT, 3);
    assertEquals(0, refusedOf(100, CLIENT));
    assertEquals(11, counters.dos(DosKind.CIRCUIT_REJECTED));
  }

  @Test
  void circuits_overFewConnections_areTaken() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of());
    connect(CLIENT, 2);
    assertEquals(0, refusedOf(1000, CLIENT));
  }

  @Test
  void circuits_atTheRate_areTakenForEver() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of());
    connect(CLIENT, 3);
    for (int i = 0; i < 200; i++) {
      assertEquals(0, refusedOf(3, CLIENT), "second " + i);
      seconds(1);
    }
  }

  @Test
  void mark_survivesReconnecting() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of());
    List<DosDefences.Connection> connections = connect(CLIENT, 3);
    refusedOf(90, CLIENT);
    connections.forEach(DosDefences.Connection::close);
    connect(CLIENT, 1);
    assertTrue(dos.refusesCircuit(CLIENT));
  }

  @Test
  void connections_atATime_areBounded() {
    use(
        Map.of("DoSConnectionEnabled", 1, "DoSConnectionMaxConcurrentCount", 10),
        Map.of("DoSConnectionConnectBurst", 1000));
    List<DosDefences.Connection> connections = connect(CLIENT, 11);
    assertNull(dos.accept(CLIENT));
    assertNotNull(dos.accept(OTHER));
    assertEquals(1, counters.dos(DosKind.CONCURRENT_CONN_REJECTED));
    connections.getFirst().close();
    connections.getFirst().close(); // counts once
    assertNotNull(dos.accept(CLIENT));
    assertNull(dos.accept(CLIENT));
  }

  @Test
  void connections_withTheDefenceOff_areTaken() {
    use(Map.of("DoSConnectionMaxConcurrentCount", 10), Map.of());
    connect(CLIENT, 1000);
  }

  @Test
  void connecting_beyondTheBurst_marksTheAddress() {
    use(Map.of("DoSConnectionEnabled", 1), Map.of());
    connect(CLIENT, 40).forEach(DosDefences.Connection::close);
    assertNull(dos.accept(CLIENT));
    assertEquals(1, counters.dos(DosKind.CONN_REJECTED));
    seconds(TimeUnit.HOURS.toSeconds(23));
    assertNull(dos.accept(CLIENT));
    assertNotNull(dos.accept(OTHER));
    seconds(TimeUnit.HOURS.toSeconds(24));
    assertNotNull(dos.accept(CLIENT));
  }

  @Test
  void streams_beyondTheBurst_areRefusedUntilTheBucketRefills() {
    use(Map.of("DoSStreamCreationEnabled", 1), Map.of("DoSStreamCreationBurst", 200));
    DosDefences.Streams streams = dos.newCircuit();
    for (int i = 0; i < 200; i++) {
      assertEquals(DosParameters.StreamAction.NONE, streams.ask(), "stream " + i);
    }
    assertEquals(DosParameters.StreamAction.REFUSE_STREAM, streams.ask());
    assertEquals(DosParameters.StreamAction.NONE, dos.newCircuit().ask());
    seconds(1);
    assertEquals(DosParameters.StreamAction.NONE, streams.ask());
    assertEquals(1, counters.dos(DosKind.STREAM_REJECTED));
  }

  @Test
  void streams_ofDefenceTypeThree_closeTheCircuit() {
    use(
        Map.of("DoSStreamCreationEnabled", 1, "DoSStreamCreationDefenseType", 3),
        Map.of("DoSStreamCreationBurst", 1));
    DosDefences.Streams streams = dos.newCircuit();
    streams.ask();
    assertEquals(DosParameters.StreamAction.CLOSE_CIRCUIT, streams.ask());
  }

  @Test
  void streams_withTheDefenceOff_areTaken() {
    DosDefences.Streams streams = dos.newCircuit();
    for (int i = 0; i < 1000; i++) {
      assertEquals(DosParameters.StreamAction.NONE, streams.ask());
    }
  }

  @Test
  void fullQueues_thrice_markTheAddress() {
    use(Map.of("DoSCircuitCreationEnabled", 1), Map.of());
    connect(CLIENT, 1);
    dos.filledQueue(CLIENT);
    dos.filledQueue(CLIENT);
    assertFalse(dos.refusesCircuit(CLIENT));
    dos.filledQueue(CLIENT);
    assertTrue(dos.refusesCircuit(CLIENT));
    assertEquals(1, counters.dos(DosKind.MARKED_ADDRESS_MAXQ));
  }

  @Test
  void addressesWithoutConnections_areBounded() throws Exception {
    use(Map.of("DoSConnectionEnabled", 1), Map.of());
    for (int i = 0; i < DosDefences.MAX_RESTING + 1000; i++) {
      InetAddress address =
          InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
      connect(address, 1).getFirst().close();
    }
    assertEquals(DosDefences.MAX_RESTING, dos.addresses());
  }

  @Test
  void addressesOfYesterday_areForgotten() {
    use(Map.of("DoSConnectionEnabled", 1), Map.of());
    connect(CLIENT, 1).getFirst().close();
    seconds(DosDefences.REMEMBERED.toSeconds());
    connect(OTHER, 1).getFirst().close();
    assertEquals(1, dos.addresses());
  }

  @Test
  void heartbeat_isCTors() {
    assertEquals(
        "DoS mitigation since startup: 0 circuits killed with too many cells,"
            + " [DoSCircuitCreationEnabled disabled], [DoSConnectionEnabled disabled],"
            + " [DoSRefuseSingleHopClientRendezvous disabled],"
            + " [DoSStreamCreationEnabled disabled], 0 INTRODUCE2 rejected.",
        dos.heartbeat());
    use(
        Map.of(
            "DoSCircuitCreationEnabled", 1,
            "DoSConnectionEnabled", 1,
            "DoSStreamCreationEnabled", 1),
        Map.of());
    connect(CLIENT, 3);
    refusedOf(100, CLIENT);
    assertEquals(
        "DoS mitigation since startup: 0 circuits killed with too many cells,"
            + " 11 circuits rejected, 1 marked addresses, 0 marked addresses for max queue,"
            + " 0 same address concurrent connections rejected, 0 connections rejected,"
            + " [DoSRefuseSingleHopClientRendezvous disabled],"
            + " 0 stream rejected, 0 INTRODUCE2 rejected.",
        dos.heartbeat());
  }
}
