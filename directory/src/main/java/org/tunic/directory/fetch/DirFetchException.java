package org.tunic.directory.fetch;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A directory request that got no whole answer. The world's fault: ask somebody else, or later.
 *
 * <p>Threads: immutable.
 */
public final class DirFetchException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** How it failed. */
  public enum Reason {
    /** No connection or circuit to the server. */
    UNREACHABLE,
    /** The server proved another identity. */
    WRONG_IDENTITY,
    /** No answer, or no progress, in time. */
    TIMEOUT,
    /** The connection ended within the answer. */
    CUT_SHORT,
    /** More bytes than the request allows. */
    TOO_LARGE,
    /** Not HTTP, or not decompressible. */
    MALFORMED,
    /** We are shutting down. */
    CLOSED
  }

  /** A failure for this reason. */
  public DirFetchException(Reason reason) {
    this(reason, null);
  }

  /** A failure for this reason, with what brought it about. */
  public DirFetchException(Reason reason, @Nullable Throwable cause) {
    super(reason.toString(), cause);
    this.reason = reason;
  }

  /** How it failed. */
  public Reason reason() {
    return reason;
  }
}
