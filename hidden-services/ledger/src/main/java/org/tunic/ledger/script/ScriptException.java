package org.tunic.ledger.script;

/**
 * A script failed. No stack trace: a peer decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
final class ScriptException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ScriptError error;

  ScriptException(ScriptError error) {
    super(error.name(), null, false, false);
    this.error = error;
  }

  ScriptError error() {
    return error;
  }
}
