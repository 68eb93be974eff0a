package org.tunic.onion.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.OriginCircuit;

/**
 * A circuit and the messages of onion services that come on it. Each state of a visit waits for one
 * message; any other one in its place, or the end of the circuit, ends the visit.
 *
 * <p>Threads: one virtual thread (the meeting's); the circuit's event loop fills it.
 */
final class Conversation {
  /** Messages that wait to be looked at; what comes above that is dropped. */
  static final int MAX_WAITING = 4;

  /** In place of a relay command: the circuit is closed. */
  private static final int CLOSED = -1;

  private record Came(int command, Bytes body) {}

  private final OriginCircuit circuit;
  private final BlockingQueue<Came> inbox = new LinkedBlockingQueue<>(MAX_WAITING);

  Conversation(OriginCircuit circuit) {
    this.circuit = circuit;
    circuit.listen((command, body) -> inbox.offer(new Came(command, body)));
    circuit.closed().thenRun(() -> inbox.offer(new Came(CLOSED, Bytes.EMPTY)));
  }

  OriginCircuit circuit() {
    return circuit;
  }

  /** What {@link #await} found. */
  sealed interface Answer {
    /** The message that was expected. */
    record Message(Bytes body) implements Answer {}

    /** Another one, or the end of the circuit. */
    record Other() implements Answer {}

    /** None in time. */
    record Nothing() implements Answer {}
  }

  /** Waits for a message. */
  Answer await(int command, Duration limit) throws InterruptedException {
    @Nullable Came came = inbox.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (came == null) {
      return new Answer.Nothing();
    }
    return came.command == command ? new Answer.Message(came.body) : new Answer.Other();
  }

  void close() {
    circuit.close(DestroyReason.FINISHED);
  }

  /** The same, but after its padding, {@code longest} from now at the latest. */
  void closePadded(Duration longest) {
    circuit.closePadded(longest);
  }
}
