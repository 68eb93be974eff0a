package org.tunic.onion.host;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.OriginCircuit;

/**
 * One visitor's circuit, as targets may know it: a tag that is random and means nothing, and a way
 * to be rid of it.
 *
 * <p>Threads: any.
 *
 * @param tag 16 random bytes that stand for the circuit
 * @param circuit ends at the visitor
 */
record Visitor(Bytes tag, OriginCircuit circuit) {
  int number() {
    return (int) circuit.id();
  }

  void closeCircuit() {
    circuit.close(DestroyReason.FINISHED);
  }
}
