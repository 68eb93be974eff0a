package org.tunic.router.circuit.padding;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.CircuitPaddingNegotiated;

/**
 * The machine that a relay runs for the origin of a circuit, one at a time, as C tor's relays do.
 *
 * <p>One timer is under way at most. A cell that goes by towards the origin begins the wait of the
 * introduction machine anew; that only moves the time at which the timer, when it comes, finds
 * something to do, so that a busy circuit costs no timer for each cell.
 *
 * <p>Spec: padding-spec/circuit-level-padding. Threads: event loop of the {@link PaddedCircuit}.
 */
public final class HopPadding {
  private final PaddedCircuit circuit;
  private final CircuitPadding rules;
  private final RandomGenerator random;

  /**
   * The one that was asked for last and not stopped; that of a rendezvous stays when it is done.
   */
  private @Nullable PaddingMachine machine;

  /** Of the origin, for the machine that runs. */
  private long counter;

  /** Machines started on this circuit, as C tor counts them. */
  private long started;

  private int cellsLeft;
  private long dueNanos;
  private boolean timing;
  private boolean closed;

  /**
   * @param random draws numbers and times of padding
   */
  public HopPadding(PaddedCircuit circuit, CircuitPadding rules, RandomGenerator random) {
    this.circuit = circuit;
    this.rules = rules;
    this.random = random;
  }

  /** An origin's wish, which is answered as C tor answers it. */
  public void onNegotiate(CircuitPaddingNegotiate wish) {
    if (closed) {
      return;
    }
    if (wish.action() == CircuitPaddingNegotiate.START) {
      PaddingMachine wanted = PaddingMachine.of(wish.machineType()).orElse(null);
      if (wanted == null) {
        answer(wish, CircuitPaddingNegotiated.ERR);
        return;
      }
      boolean fresh = machine == null;
      if (fresh) {
        machine = wanted;
        started++;
        counter = wish.machineCounter() == 0 ? started : wish.machineCounter();
        rules.countNegotiated();
      }
      answer(wish, CircuitPaddingNegotiated.OK);
      if (fresh) {
        cellsLeft = wanted.drawHopCells(random);
        schedule(wanted);
      }
      return;
    }
    // Of a machine that is none of ours any more nobody waits for an answer.
    if (machine != null
        && machine.type() == wish.machineType()
        && (wish.machineCounter() == 0 || wish.machineCounter() == counter)) {
      end();
      answer(wish, CircuitPaddingNegotiated.OK);
    }
  }

  private void answer(CircuitPaddingNegotiate wish, int response) {
    circuit.send(
        new CircuitPaddingNegotiated(
            wish.action(), response, wish.machineType(), wish.machineCounter()));
  }

  /** A cell that is no padding went towards the origin. Costs nothing but for a running machine. */
  public void onCellSent() {
    PaddingMachine running = machine;
    if (cellsLeft > 0 && running != null && running.endedByHop()) {
      schedule(running);
    }
  }

  private void schedule(PaddingMachine running) {
    if (!rules.mayPad()) {
      return;
    }
    long delay = running.drawDelayNanos(random);
    dueNanos = circuit.nanoTime() + delay;
    if (!timing) {
      timing = true;
      circuit.after(delay, this::onTimer);
    }
  }

  private void onTimer() {
    timing = false;
    PaddingMachine running = machine;
    if (closed || running == null || cellsLeft == 0) {
      return;
    }
    long early = dueNanos - circuit.nanoTime();
    if (early > 0) {
      timing = true;
      circuit.after(early, this::onTimer);
      return;
    }
    pad(running);
  }

  private void pad(PaddingMachine running) {
    cellsLeft--;
    if (circuit.queuedCells() <= rules.parameters().maxQueuedCells()) {
      circuit.sendPadding();
      rules.countSent();
    }
    if (cellsLeft > 0) {
      schedule(running);
    } else if (running.endedByHop()) {
      long last = counter;
      end();
      circuit.send(
          new CircuitPaddingNegotiated(
              CircuitPaddingNegotiate.STOP, CircuitPaddingNegotiated.OK, running.type(), last));
    }
  }

  private void end() {
    machine = null;
    cellsLeft = 0;
  }

  /** The circuit is gone, or ends here now: nothing is sent any more. */
  public void close() {
    closed = true;
    end();
  }
}
