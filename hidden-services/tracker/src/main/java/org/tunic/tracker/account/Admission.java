package org.tunic.tracker.account;

/**
 * Whether a request is served.
 *
 * <p>Threads: immutable.
 */
public sealed interface Admission {
  /** It is, for this account. */
  record Member(Account account) implements Admission {}

  /** It is, since everybody's is. */
  record Everybody() implements Admission {}

  /**
   * It is not.
   *
   * @param reason for the client
   */
  record Refused(String reason) implements Admission {}
}
