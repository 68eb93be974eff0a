package org.tunic.ledger.consensus;

/**
 * A transaction, header or block breaks a rule. No stack trace: a peer decides how often.
 *
 * <p>Threads: immutable.
 */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a refusal says about asking again. */
  public enum Kind {
    /** Invalid for ever: the hash may be remembered as bad. */
    INVALID,
    /** The bytes at hand are not what the hash commits to; the genuine ones may still come. */
    MUTATED,
    /** Valid perhaps, but later. */
    TOO_EARLY,
    /** What it builds upon is not known. */
    MISSING_PREVIOUS,
    /** Valid in a block perhaps, but not relayed. */
    POLICY
  }

  private final Kind kind;
  private final String reason;

  /**
   * @param reason in Bitcoin Core's words
   */
  public RejectedException(Kind kind, String reason) {
    super(reason, null, false, false);
    this.kind = kind;
    this.reason = reason;
  }

  /** Invalid for ever. */
  public static RejectedException invalid(String reason) {
    return new RejectedException(Kind.INVALID, reason);
  }

  /** Not what the hash commits to. */
  public static RejectedException mutated(String reason) {
    return new RejectedException(Kind.MUTATED, reason);
  }

  /** What it says about asking again. */
  public Kind kind() {
    return kind;
  }

  /** Bitcoin Core's words, such as {@code bad-txns-vin-empty}. */
  public String reason() {
    return reason;
  }
}
