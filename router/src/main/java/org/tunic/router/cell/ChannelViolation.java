package org.tunic.router.cell;

/**
 * A violation that ends the channel.
 *
 * <p>Threads: immutable.
 */
public final class ChannelViolation extends ProtocolViolation {
  private static final long serialVersionUID = 1L;

  /** Says in fixed words what was wrong. */
  public ChannelViolation(String fixedText) {
    super(fixedText);
  }
}
