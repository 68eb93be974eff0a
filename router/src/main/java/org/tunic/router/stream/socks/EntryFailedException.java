package org.tunic.router.stream.socks;

/** An application does not get what it asked for. Threads: immutable. */
public final class EntryFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient EntryFailure failure;

  public EntryFailedException(EntryFailure failure) {
    super("not served: " + failure, null, false, false);
    this.failure = failure;
  }

  /** Why. */
  public EntryFailure failure() {
    return failure;
  }
}
