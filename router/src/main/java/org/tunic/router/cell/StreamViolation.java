package org.tunic.router.cell;

/**
 * A violation that ends one stream: the answer is END with {@link #reason()}.
 *
 * <p>Threads: immutable.
 */
public final class StreamViolation extends ProtocolViolation {
  private static final long serialVersionUID = 1L;

  private final int streamId;
  private final transient EndReason reason;

  /** Says in fixed words what was wrong, on which stream, and which reason goes onto the wire. */
  public StreamViolation(String fixedText, int streamId, EndReason reason) {
    super(fixedText);
    this.streamId = streamId;
    this.reason = reason;
  }

  /** The stream id, 1 to 65535. */
  public int streamId() {
    return streamId;
  }

  /** The reason for the END message. */
  public EndReason reason() {
    return reason;
  }
}
