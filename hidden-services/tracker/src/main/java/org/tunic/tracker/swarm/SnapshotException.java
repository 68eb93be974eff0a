package org.tunic.tracker.swarm;

import java.io.IOException;

/**
 * A snapshot cannot be used: its message is one line for the operator.
 *
 * <p>Threads: immutable.
 */
public final class SnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean damaged;

  SnapshotException(String message, boolean damaged) {
    super(message);
    this.damaged = damaged;
  }

  /** Whether it holds nothing that any program could use; else a later one could. */
  public boolean isDamaged() {
    return damaged;
  }
}
