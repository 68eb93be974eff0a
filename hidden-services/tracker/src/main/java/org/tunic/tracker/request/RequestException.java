package org.tunic.tracker.request;

/**
 * A request that cannot be answered. The message is the failure reason the client is told: fixed
 * text, never what it sent.
 *
 * <p>Threads: immutable.
 */
public final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;

  RequestException(String fixedText) {
    super(fixedText, null, false, false);
  }

  /** What the client is told. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
