package org.tunic.crypto.handshake;

/**
 * A circuit handshake did not succeed: one message, whatever was wrong.
 *
 * <p>A relay answers with DESTROY, a client gives the circuit up.
 *
 * <p>Threads: immutable.
 */
public final class HandshakeFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Has no stack trace, for peers decide how often it is thrown. */
  public HandshakeFailedException() {
    super("circuit handshake failed", null, false, false);
  }
}
