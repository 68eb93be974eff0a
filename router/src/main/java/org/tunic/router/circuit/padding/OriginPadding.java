package org.tunic.router.circuit.padding;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.CircuitPaddingNegotiated;

/**
 * The machine on a circuit of our own, negotiated with its second hop; one in the circuit's life.
 *
 * <p>Spec: padding-spec/circuit-level-padding. Threads: event loop of the {@link PaddedCircuit}.
 */
public final class OriginPadding {
  /** C tor counts the machines of a circuit from 1. */
  private static final long COUNTER = 1;

  private final PaddedCircuit circuit;
  private final CircuitPadding rules;
  private final RandomGenerator random;

  /** From the request until the hop ends or refuses it. */
  private @Nullable PaddingMachine machine;

  private boolean begun;

  /**
   * @param random draws the times of padding
   */
  public OriginPadding(PaddedCircuit circuit, CircuitPadding rules, RandomGenerator random) {
    this.circuit = circuit;
    this.rules = rules;
    this.random = random;
  }

  /** Asks the hop for a machine, unless there was one or nobody wants padding. */
  public void start(PaddingMachine wanted) {
    if (begun || !rules.isWanted()) {
      return;
    }
    begun = true;
    machine = wanted;
    circuit.send(
        new CircuitPaddingNegotiate(CircuitPaddingNegotiate.START, wanted.type(), COUNTER));
    if (wanted.originCells() > 0 && rules.mayPad()) {
      circuit.after(wanted.drawDelayNanos(random), this::pad);
    }
  }

  private void pad() {
    if (machine != null) {
      circuit.sendPadding();
      rules.countSent();
    }
  }

  /** A DROP from the hop. */
  public void onPadding() {
    if (begun) {
      rules.countReceived();
    }
  }

  /** PADDING_NEGOTIATED from the hop; a malformed one is dropped, as in C tor. */
  public void onNegotiated(ByteReader body) {
    CircuitPaddingNegotiated answer;
    try {
      answer = CircuitPaddingNegotiated.decode(body);
    } catch (MalformedException _) {
      return;
    }
    boolean over =
        answer.action() == CircuitPaddingNegotiate.STOP
            || answer.response() == CircuitPaddingNegotiated.ERR;
    if (over
        && machine != null
        && machine.type() == answer.machineType()
        && (answer.machineCounter() == 0 || answer.machineCounter() == COUNTER)) {
      machine = null;
    }
  }

  /** Whether the circuit would give away what it is by being closed now. */
  public boolean holdsOpen() {
    return machine != null && machine.endedByHop();
  }
}
