package org.tunic.router.cell;

/**
 * The peer broke the rules; the subtype says what dies of it: a stream, a circuit or the channel.
 *
 * <p>Fixed text, no bytes of the peer and no stack trace: a peer decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
public abstract sealed class ProtocolViolation extends Exception
    permits StreamViolation, CircuitViolation, ChannelViolation {
  private static final long serialVersionUID = 1L;

  ProtocolViolation(String fixedText) {
    super(fixedText, null, false, false);
  }
}
