package org.tunic.router.stream;

import org.tunic.router.cell.EndReason;

/** A stream ended before it was connected. Threads: immutable. */
public final class StreamEndedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient EndReason reason;

  public StreamEndedException(EndReason reason) {
    super("stream ended: " + reason, null, false, false);
    this.reason = reason;
  }

  /** The END reason: the peer's, or DESTROY when the circuit died. */
  public EndReason reason() {
    return reason;
  }
}
