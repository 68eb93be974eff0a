package org.tunic.gateway.peer;

/**
 * A peer speaks something else than the peer protocol in the clear, or of another torrent. The
 * connection is closed.
 *
 * <p>The message is fixed text and there is no stack trace: a peer decides how often this is
 * thrown.
 *
 * <p>Threads: immutable.
 */
public final class WireViolation extends Exception {
  private static final long serialVersionUID = 1L;

  WireViolation(String fixedText) {
    super(fixedText, null, false, false);
  }
}
