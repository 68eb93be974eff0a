package org.tunic.ledger.store;

import java.io.IOException;

/**
 * The ledger's folder cannot be used: the message says why and what to do.
 *
 * <p>Threads: immutable.
 */
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
