package org.tunic.router.circuit;

import org.tunic.router.cell.DestroyReason;

/** A circuit could not be built. Threads: immutable. */
public final class CircuitFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int hop;
  private final transient DestroyReason reason;

  public CircuitFailedException(int hop, DestroyReason reason, String why) {
    super("hop " + hop + ": " + why, null, false, false);
    this.hop = hop;
    this.reason = reason;
  }

  /** The hop that could not be added: 1 is the guard. */
  public int hop() {
    return hop;
  }

  public DestroyReason reason() {
    return reason;
  }
}
