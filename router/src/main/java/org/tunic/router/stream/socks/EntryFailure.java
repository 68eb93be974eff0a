package org.tunic.router.stream.socks;

import org.tunic.router.cell.EndReason;

/**
 * Why an application does not get what it asked for. Each protocol of the ports has its own words
 * for it.
 *
 * <p>Threads: immutable.
 */
public sealed interface EntryFailure {
  /**
   * The stream ended before it was connected, or could not begin.
   *
   * @param reason the exit's, or the one that tells best why no exit was asked
   */
  record Ended(EndReason reason) implements EntryFailure {}

  /** Refused here; nothing was sent into the network. */
  enum Refused implements EntryFailure {
    /** The flags of the port or a rule for all ports forbid it. */
    ENTRY_POLICY,
    /** A private address, which no exit reaches. */
    PRIVATE_ADDRESS
  }

  /**
   * An onion service could not be reached.
   *
   * @param error what went wrong, for ports with ExtendedErrors
   * @param reason what other ports say
   */
  record Onion(OnionError error, EndReason reason) implements EntryFailure {}

  /**
   * The extended errors of a SOCKS port.
   *
   * <p>Spec: socks-extensions#extended-error-codes
   */
  enum OnionError {
    /** No descriptor was found. */
    NOT_FOUND(0xf0),
    /** The descriptor could not be read. */
    INVALID_DESCRIPTOR(0xf1),
    /** No introduction point took the introduction. */
    INTRODUCTION_FAILED(0xf2),
    /** The rendezvous failed. */
    RENDEZVOUS_FAILED(0xf3),
    /** The service wants client authorisation, and there is no key for it. */
    MISSING_AUTHORISATION(0xf4),
    /** The service does not accept our client authorisation. */
    BAD_AUTHORISATION(0xf5),
    /** The address is not one of an onion service. */
    BAD_ADDRESS(0xf6),
    /** Every introduction timed out. */
    INTRODUCTION_TIMED_OUT(0xf7);

    private final int code;

    OnionError(int code) {
      this.code = code;
    }

    /** The reply byte of SOCKS 5. */
    public int code() {
      return code;
    }
  }
}
