package org.tunic.router.cell;

/**
 * A violation that ends one circuit: the answer is DESTROY (or TRUNCATED) with {@link #reason()}.
 *
 * <p>Threads: immutable.
 */
public final class CircuitViolation extends ProtocolViolation {
  private static final long serialVersionUID = 1L;

  private final transient DestroyReason reason;

  /** Says in fixed words what was wrong and which reason goes onto the wire. */
  public CircuitViolation(String fixedText, DestroyReason reason) {
    super(fixedText);
    this.reason = reason;
  }

  /** A violation answered with reason PROTOCOL. */
  public CircuitViolation(String fixedText) {
    this(fixedText, DestroyReason.PROTOCOL);
  }

  /** The reason for the DESTROY cell. */
  public DestroyReason reason() {
    return reason;
  }
}
