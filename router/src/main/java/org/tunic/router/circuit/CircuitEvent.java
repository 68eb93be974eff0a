package org.tunic.router.circuit;

import org.tunic.router.cell.DestroyReason;

/**
 * What happens to a circuit of ours, in the order it happens: Launched, Extended for each hop, then
 * Built or Failed, and Closed after Built.
 *
 * <p>Threads: immutable.
 */
public sealed interface CircuitEvent {
  /** The circuit's number: unique in this process, counted from 1. */
  long circuit();

  /**
   * @param hops how many hops it is to have
   */
  record Launched(long circuit, int hops) implements CircuitEvent {}

  /**
   * @param hop the hop that was added, the first is 1
   */
  record Extended(long circuit, int hop) implements CircuitEvent {}

  record Built(long circuit) implements CircuitEvent {}

  /**
   * @param hop the hop that could not be added, the first is 1
   */
  record Failed(long circuit, int hop, DestroyReason reason) implements CircuitEvent {}

  record Closed(long circuit, DestroyReason reason) implements CircuitEvent {}
}
