package org.tunic.router.circuit.padding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.CircuitPaddingNegotiated;
import org.tunic.router.cell.RelayMessage;
import org.tunic.testing.SeededRandom;

/** Both machines, both sides, on a clock that the test moves. */
final class PaddingMachinesTest {
  private static final int START = CircuitPaddingNegotiate.START;
  private static final int STOP = CircuitPaddingNegotiate.STOP;
  private static final int OK = CircuitPaddingNegotiated.OK;
  private static final int ERR = CircuitPaddingNegotiated.ERR;

  private CircuitPaddingParameters parameters = CircuitPaddingParameters.DEFAULT;
  private long relayCells;
  private final CircuitPadding rules = new CircuitPadding(() -> parameters, () -> relayCells);
  private final Wire wire = new Wire();

  /** What was sent, and when. */
  private static final class Wire implements PaddedCircuit {
    private record Task(long at, Runnable run) {}

    final List<Object> sent = new ArrayList<>();
    final List<Long> paddedAt = new ArrayList<>();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparing(Task::at));
    int queued;
    long now;

    @Override
    public void send(RelayMessage message) {
      sent.add(message);
    }

    @Override
    public void sendPadding() {
      sent.add("DROP");
      paddedAt.add(now);
    }

    @Override
    public int queuedCells() {
      return queued;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void after(long nanos, Runnable task) {
      tasks.add(new Task(now + nanos, task));
    }

    /** Moves the clock by some microseconds. */
    void pass(long micros) {
      long until = now + micros * 1000;
      while (!tasks.isEmpty() && tasks.peek().at() <= until) {
        Task next = tasks.poll();
        now = Math.max(now, next.at());
        next.run().run();
      }
      now = until;
    }

    long drops() {
      return sent.stream().filter("DROP"::equals).count();
    }
  }

  private HopPadding hop(int seed) {
    return new HopPadding(wire, rules, new SeededRandom(seed));
  }

  private static CircuitPaddingNegotiate ask(int action, int type, long counter) {
    return new CircuitPaddingNegotiate(action, type, counter);
  }

  private static CircuitPaddingNegotiated told(int action, int response, int type, long counter) {
    return new CircuitPaddingNegotiated(action, response, type, counter);
  }

  // ---- the hop ----

  @Test
  void introduction_hopSendsSevenToNineCells_thenEndsTheMachine() {
    Set<Integer> numbers = new TreeSet<>();
    for (int seed = 0; seed < 100; seed++) {
      wire.sent.clear();
      wire.paddedAt.clear();
      long begin = wire.now;
      hop(seed).onNegotiate(ask(START, 0, 1));
      assertEquals(List.of(told(START, OK, 0, 1)), wire.sent);
      wire.pass(1_000_000);
      int cells = wire.paddedAt.size();
      numbers.add(cells);
      assertEquals(told(STOP, OK, 0, 1), wire.sent.getLast());
      assertEquals(cells + 2, wire.sent.size());
      long last = begin;
      for (long at : wire.paddedAt) {
        assertTrue(at - last >= 1_000_000 && at - last < 10_000_000, () -> "after " + at);
        last = at;
      }
    }
    assertEquals(Set.of(7, 8, 9), numbers);
    assertEquals(100, rules.negotiated());
  }

  @Test
  void introduction_cellThatGoesBy_beginsTheWaitAnew_withoutATimerEach() {
    HopPadding hop = hop(1);
    hop.onNegotiate(ask(START, 0, 1));
    for (int i = 0; i < 1000; i++) {
      wire.pass(500); // the shortest wait is 1000
      hop.onCellSent();
      assertTrue(wire.tasks.size() <= 1, "timers");
    }
    assertEquals(0, wire.drops());
    wire.pass(1_000_000);
    assertTrue(wire.drops() >= 7);
  }

  @Test
  void rendezvous_hopSendsOneCellAtOnce_andTheMachineStays() {
    HopPadding hop = hop(1);
    hop.onNegotiate(ask(START, 1, 1));
    hop.onCellSent();
    wire.pass(1000);
    assertEquals(List.of(told(START, OK, 1, 1), "DROP"), wire.sent);
    hop.onNegotiate(ask(START, 1, 2));
    wire.pass(1_000_000);
    assertEquals(List.of(told(START, OK, 1, 1), "DROP", told(START, OK, 1, 2)), wire.sent);
    hop.onNegotiate(ask(STOP, 1, 1));
    assertEquals(told(STOP, OK, 1, 1), wire.sent.getLast());
    hop.onNegotiate(ask(START, 0, 2));
    wire.pass(1_000_000);
    assertTrue(wire.drops() > 7, "another machine may follow");
  }

  @Test
  void stop_endsTheMachineOfThatNumber_andOthersAreNotAnswered() {
    HopPadding hop = hop(1);
    hop.onNegotiate(ask(STOP, 0, 1));
    assertEquals(List.of(), wire.sent);
    hop.onNegotiate(ask(START, 0, 1));
    hop.onNegotiate(ask(STOP, 0, 7));
    hop.onNegotiate(ask(STOP, 1, 1));
    assertEquals(1, wire.sent.size());
    wire.pass(20_000);
    long before = wire.drops();
    hop.onNegotiate(ask(STOP, 0, 0));
    assertEquals(told(STOP, OK, 0, 0), wire.sent.getLast());
    wire.pass(1_000_000);
    assertEquals(before, wire.drops());
  }

  @Test
  void start_unknownMachine_isRefused() {
    hop(1).onNegotiate(ask(START, 2, 1));
    wire.pass(1_000_000);
    assertEquals(List.of(told(START, ERR, 2, 1)), wire.sent);
  }

  @Test
  void close_endsEverything() {
    HopPadding hop = hop(1);
    hop.onNegotiate(ask(START, 0, 1));
    hop.close();
    hop.onNegotiate(ask(START, 0, 2));
    hop.onCellSent();
    wire.pass(1_000_000);
    assertEquals(1, wire.sent.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void disabled_orBeyondTheShareOfTheNode_hopDoesNotPad(int type) {
    parameters = new CircuitPaddingParameters(true, false, 0, 0, 1000);
    hop(1).onNegotiate(ask(START, type, 1));
    wire.pass(1_000_000);
    assertEquals(List.of(told(START, OK, type, 1)), wire.sent);
  }

  @Test
  void shareOfTheNode_isKept_onceTheAllowedCellsAreUsed() {
    parameters = new CircuitPaddingParameters(false, false, 20, 10, 1000);
    relayCells = 100;
    for (int i = 0; i < 50; i++) {
      hop(i).onNegotiate(ask(START, 0, 1));
      wire.pass(1_000_000);
    }
    assertEquals(20, rules.sent(), "those that are always allowed");
    relayCells = 1000;
    for (int i = 0; i < 50; i++) {
      hop(i).onNegotiate(ask(START, 0, 1));
      wire.pass(1_000_000);
    }
    assertEquals(101, rules.sent(), "until more than a tenth is padding");
  }

  @Test
  void fullQueue_hopAddsNothing() {
    wire.queued = 1001;
    hop(1).onNegotiate(ask(START, 0, 1));
    wire.pass(1_000_000);
    assertEquals(List.of(told(START, OK, 0, 1), told(STOP, OK, 0, 1)), wire.sent);
    wire.queued = 1000;
    hop(1).onNegotiate(ask(START, 0, 1));
    wire.pass(1_000_000);
    assertTrue(wire.drops() >= 7);
  }

  // ---- the origin ----

  private OriginPadding origin() {
    return new OriginPadding(wire, rules, new SeededRandom(1));
  }

  private static ByteReader body(RelayMessage message) {
    ByteWriter out = new ByteWriter();
    message.encode(out);
    return new ByteReader(out.toArray());
  }

  @Test
  void introduction_originAsks_andHoldsTheCircuitUntilTheHopEnds() {
    OriginPadding origin = origin();
    origin.start(PaddingMachine.INTRODUCTION);
    wire.pass(1_000_000);
    assertEquals(List.of(ask(START, 0, 1)), wire.sent, "it sends no padding itself");
    origin.onNegotiated(body(told(START, OK, 0, 1)));
    assertTrue(origin.holdsOpen());
    origin.onNegotiated(body(told(STOP, OK, 0, 9)));
    origin.onNegotiated(body(told(STOP, OK, 1, 1)));
    origin.onNegotiated(new ByteReader(new byte[3]));
    assertTrue(origin.holdsOpen(), "none of these was the end of it");
    origin.onNegotiated(body(told(STOP, OK, 0, 1)));
    assertFalse(origin.holdsOpen());
  }

  @Test
  void rendezvous_originAsks_andSendsOneCellAtOnce() {
    OriginPadding origin = origin();
    origin.start(PaddingMachine.RENDEZVOUS);
    wire.pass(1000);
    assertEquals(List.of(ask(START, 1, 1), "DROP"), wire.sent);
    assertFalse(origin.holdsOpen());
    origin.start(PaddingMachine.INTRODUCTION);
    assertEquals(2, wire.sent.size(), "one machine in a circuit's life");
    origin.onPadding();
    assertEquals(1, rules.received());
  }

  @Test
  void refused_originDoesNotHoldTheCircuit() {
    OriginPadding origin = origin();
    origin.start(PaddingMachine.INTRODUCTION);
    origin.onNegotiated(body(told(START, ERR, 0, 1)));
    assertFalse(origin.holdsOpen());
  }

  @Test
  void unwanted_originAsksForNothing() {
    CircuitPaddingParameters defaults = CircuitPaddingParameters.DEFAULT;
    for (CircuitPaddingParameters off :
        List.of(
            defaults.with(false, false),
            defaults.with(true, true),
            new CircuitPaddingParameters(true, false, 0, 0, 0),
            new CircuitPaddingParameters(false, true, 0, 0, 0))) {
      parameters = off;
      OriginPadding origin = origin();
      origin.start(PaddingMachine.INTRODUCTION);
      origin.start(PaddingMachine.RENDEZVOUS);
      origin.onPadding();
      wire.pass(1_000_000);
      assertEquals(List.of(), wire.sent);
      assertEquals(0, rules.received());
    }
    parameters = defaults.with(true, false);
    origin().start(PaddingMachine.INTRODUCTION);
    assertEquals(1, wire.sent.size());
  }

  // ---- what is shared ----

  @Test
  void lingering_isBounded() {
    for (int i = 0; i < CircuitPadding.MAX_LINGERING; i++) {
      assertTrue(rules.linger());
    }
    assertFalse(rules.linger());
    rules.lingered();
    assertTrue(rules.linger());
  }

  @Test
  void parameters_areReadFromTheConsensus_withinCtorsLimits() {
    assertEquals(
        new CircuitPaddingParameters(false, false, 0, 0, 1000), CircuitPaddingParameters.DEFAULT);
    ConsensusParameters set =
        new ConsensusParameters(
            java.util.Map.of(
                "circpad_padding_disabled", 1,
                "circpad_padding_reduced", 1,
                "circpad_global_allowed_cells", 100_000,
                "circpad_global_max_padding_pct", 101,
                "circpad_max_circ_queued_cells", 60_000));
    assertEquals(
        new CircuitPaddingParameters(true, true, 65534, 100, 50_000),
        CircuitPaddingParameters.of(set));
  }

  @Test
  void messages_haveTheBytesOfCtor() throws Exception {
    HexFormat hex = HexFormat.of();
    ByteWriter out = new ByteWriter();
    ask(START, 1, 0x01020304).encode(out);
    assertEquals("0002010001020304", hex.formatHex(out.toArray()));
    out = new ByteWriter();
    told(STOP, ERR, 1, 0x01020304).encode(out);
    assertEquals("0001020101020304", hex.formatHex(out.toArray()));
    for (String bad : List.of("0102010000000001", "0003010000000001", "0002010200000001", "00")) {
      assertThrows(
          MalformedException.class,
          () -> CircuitPaddingNegotiate.decode(new ByteReader(hex.parseHex(bad))),
          bad);
    }
    for (String bad : List.of("0102010000000001", "0000010000000001", "0002030000000001", "00")) {
      assertThrows(
          MalformedException.class,
          () -> CircuitPaddingNegotiated.decode(new ByteReader(hex.parseHex(bad))),
          bad);
    }
  }
}
