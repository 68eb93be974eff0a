package org.tunic.daemon.keystore;

/**
 * A file or directory of the DataDirectory that cannot be used. The message is one line for the
 * operator: which file, what is wrong, what to do.
 *
 * <p>Threads: immutable.
 */
public final class KeystoreException extends Exception {
  private static final long serialVersionUID = 1L;

  KeystoreException(String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}
