package org.tunic.index.metainfo;

/**
 * Bytes are no torrent that is taken here. The message is fixed text for the one who sent it, and
 * there is no stack trace: anybody decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
public final class MetainfoException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  MetainfoException(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  /** What is wrong. */
  public String reason() {
    return reason;
  }
}
