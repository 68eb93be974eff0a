package org.tunic.router.channel;

import org.tunic.router.cell.DestroyReason;

/**
 * No channel to a relay could be had.
 *
 * <p>Threads: immutable.
 */
public final class ConnectException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why; the names are close to the control protocol's ORCONN reasons. */
  public enum Reason {
    /** Nobody listens at any of the addresses. */
    REFUSED,
    /** Unreachable, reset or another error of the network. */
    NETWORK,
    /** TCP, TLS or the negotiation took too long. */
    TIMEOUT,
    /** TLS failed. */
    TLS,
    /** The peer broke the rules of the negotiation or speaks no link protocol of ours. */
    PROTOCOL,
    /** The peer proved to be someone else. */
    IDENTITY,
    /** Too many connections are being made, or this node is closing. */
    RESOURCES;

    /** What a relay tells the circuit that asked. */
    public DestroyReason destroyReason() {
      return switch (this) {
        case REFUSED, NETWORK, TIMEOUT, TLS, PROTOCOL -> DestroyReason.CONNECTFAILED;
        case IDENTITY -> DestroyReason.OR_IDENTITY;
        case RESOURCES -> DestroyReason.RESOURCELIMIT;
      };
    }
  }

  private final Reason reason;

  /** A failure with a fixed text and no stack. */
  public ConnectException(Reason reason, String fixedText) {
    super(fixedText, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
