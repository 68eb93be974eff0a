package org.tunic.directory.policy;

/**
 * An address policy breaks the grammar. From a torrc: stop and name the line. From a document:
 * refuse the document.
 *
 * <p>Spec: dir-spec/nonterminals-server-descriptors. Threads: immutable.
 */
public final class PolicySyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  PolicySyntaxException(String why) {
    super(why, null, false, false);
  }
}
