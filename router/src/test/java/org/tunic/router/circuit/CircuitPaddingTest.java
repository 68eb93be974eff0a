package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.PaddingMachine;

/** Machines on real circuits in memory, between a client and its second hop. */
@Timeout(60)
final class CircuitPaddingTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean isDone(PaddingMachine machine, long cells) {
    return switch (machine) {
      case INTRODUCTION -> cells >= 7;
      case RENDEZVOUS -> cells >= 1;
    };
  }

  @ParameterizedTest
  @EnumSource(PaddingMachine.class)
  void pad_secondHopPads_andTheCircuitWorksOn(PaddingMachine machine) throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(4, 2)) {
      OriginCircuit circuit = network.build(0, 1, 2, 3);
      circuit.pad(machine);
      CircuitPadding second = network.relays.get(1).padding;
      await(() -> isDone(machine, network.clientPadding.received()));
      assertEquals(1, second.negotiated());
      await(() -> second.sent() == network.clientPadding.received());
      for (int other : List.of(0, 2, 3)) {
        assertEquals(0, network.relays.get(other).padding.sent());
      }
      circuit.beginDir().get(20, TimeUnit.SECONDS);
      await(() -> !network.relays.get(3).asked.isEmpty());
      assertTrue(circuit.isOpen());
    }
  }

  @Test
  void pad_unwanted_orUnknownToTheSecondHop_noCellIsSent() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1)) {
      List<HopSpec> old = new ArrayList<>(network.path(0, 1, 2));
      HopSpec second = old.get(1);
      old.set(
          1,
          new HopSpec(
              second.ids(),
              second.onionKey(),
              second.addresses(),
              ProtocolVersions.of("Padding=1 Relay=2-4")));
      OriginCircuit without = network.origin.build(old, CircuitNetwork.TIMEOUT).get();
      without.pad(PaddingMachine.INTRODUCTION);
      network.paddingParameters = network.paddingParameters.with(false, false);
      OriginCircuit unwanted = network.build(0, 1, 2);
      unwanted.pad(PaddingMachine.INTRODUCTION);
      for (OriginCircuit circuit : List.of(without, unwanted)) {
        circuit.beginDir().get(20, TimeUnit.SECONDS); // what was asked before has been done then
        circuit.closePadded(LONG);
        circuit.closed().get(20, TimeUnit.SECONDS);
      }
      assertEquals(0, network.relays.get(1).padding.negotiated());
    }
  }

  @Test
  void closePadded_withAnIntroductionMachine_isKeptForAWhile() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1)) {
      network.paddingParameters = network.paddingParameters.with(true, false);
      OriginCircuit kept = network.build(0, 1, 2);
      kept.pad(PaddingMachine.INTRODUCTION);
      kept.closePadded(LONG);
      await(() -> isDone(PaddingMachine.INTRODUCTION, network.clientPadding.received()));
      assertTrue(kept.isOpen());
      OriginCircuit brief = network.build(0, 1, 2);
      brief.pad(PaddingMachine.INTRODUCTION);
      brief.closePadded(Duration.ofMillis(1));
      assertEquals(DestroyReason.FINISHED, brief.closed().get(20, TimeUnit.SECONDS));
      OriginCircuit rendezvous = network.build(0, 1, 2);
      rendezvous.pad(PaddingMachine.RENDEZVOUS);
      rendezvous.closePadded(LONG);
      assertEquals(DestroyReason.FINISHED, rendezvous.closed().get(20, TimeUnit.SECONDS));
      assertTrue(kept.isOpen());
      kept.close(DestroyReason.FINISHED);
      kept.closed().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void closePadded_moreThanMayLinger_areClosedAtOnce() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(3, 1)) {
      for (int i = 0; i < CircuitPadding.MAX_LINGERING; i++) {
        assertTrue(network.clientPadding.linger());
      }
      OriginCircuit circuit = network.build(0, 1, 2);
      circuit.pad(PaddingMachine.INTRODUCTION);
      circuit.closePadded(LONG);
      circuit.closed().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void negotiations_beyondTheBound_areNotHeard() throws Exception {
    try (CircuitNetwork network = new CircuitNetwork(2, 1)) {
      OriginCircuit circuit = network.build(0, 1);
      CellCounters last = network.relays.get(1).counters;
      long before = last.written(CellCounters.Kind.RELAY);
      int asked = 3 * RelayCircuit.MAX_NEGOTIATIONS;
      for (int i = 0; i < asked; i++) {
        circuit.tell(new CircuitPaddingNegotiate(CircuitPaddingNegotiate.START, 0, 1));
      }
      circuit.beginDir().get(20, TimeUnit.SECONDS);
      await(() -> !network.relays.get(1).asked.isEmpty());
      await(
          () ->
              last.written(CellCounters.Kind.RELAY) - before
                  >= RelayCircuit.MAX_NEGOTIATIONS + 1); // and CONNECTED
      assertEquals(
          RelayCircuit.MAX_NEGOTIATIONS + 1, last.written(CellCounters.Kind.RELAY) - before);
      assertTrue(circuit.isOpen());
    }
  }
}
