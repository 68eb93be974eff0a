package org.tunic.directory.protover;

/**
 * A list of subprotocol versions breaks the grammar. A document that carries such a list is refused
 * as a whole.
 *
 * <p>Spec: tor-spec/subprotocol-versioning. Threads: immutable.
 */
public final class ProtocolSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  ProtocolSyntaxException(String why) {
    super(why, null, false, false);
  }
}
