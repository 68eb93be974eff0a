package org.tunic.router.cell;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * The peer broke the rules; the subtype says what dies of it: a stream, a circuit or the channel.
 *
 * <p>Fixed text, no bytes of the peer and no stack trace: a peer decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
public abstract sealed class ProtocolViolation extends Exception
    permits StreamViolation, CircuitViolation, ChannelViolation {
  /**
   * Marks the log lines, of level debug, that say what a peer did wrong: the log raises them to
   * warn for who asked for ProtocolWarnings.
   */
  public static final Marker LOG = MarkerFactory.getMarker("PROTOCOL_WARN");

  private static final long serialVersionUID = 1L;

  ProtocolViolation(String fixedText) {
    super(fixedText, null, false, false);
  }
}
