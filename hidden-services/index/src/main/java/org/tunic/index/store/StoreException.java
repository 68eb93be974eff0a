package org.tunic.index.store;

import java.io.IOException;

/**
 * The files of the index are not as it left them. Nothing was changed; the message names the file
 * and the place, for the operator to put it right from a copy.
 *
 * <p>Threads: immutable.
 */
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message);
  }
}
