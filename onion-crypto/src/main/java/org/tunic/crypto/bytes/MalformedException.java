package org.tunic.crypto.bytes;

/**
 * Bytes or text received from outside do not have the form that the specification demands.
 *
 * <p>The message is fixed text of the decoder, never bytes of the peer, and there is no stack
 * trace: a peer decides how often this is thrown. The caller adds what it was reading.
 *
 * <p>Threads: immutable.
 */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says in fixed words what was wrong. */
  public MalformedException(String fixedText) {
    super(fixedText, null, false, false);
  }
}
