package org.tunic.onion;

import java.io.Serial;

/**
 * An onion service cannot be reached, and why, as far as its visitor may know.
 *
 * <p>Spec: proposals/304. Threads: immutable.
 */
public final class OnionFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why: the reasons that SOCKS has extended errors for, and two that it has not. */
  public enum Reason {
    /** No directory has the descriptor: the service is down, or does not exist. */
    DESCRIPTOR_NOT_FOUND,
    /** A descriptor came that cannot be used. */
    DESCRIPTOR_INVALID,
    /** No introduction point could bring the message. */
    INTRODUCTION_FAILED,
    /** Service and visitor did not meet. */
    RENDEZVOUS_FAILED,
    /** The service authorises its clients, and we have no key for it. */
    MISSING_CLIENT_AUTHORIZATION,
    /** The service does not know the key that we have for it. */
    WRONG_CLIENT_AUTHORIZATION,
    /** It is no address of an onion service. */
    BAD_ADDRESS,
    /** Every introduction ran out of time. */
    INTRODUCTION_TIMED_OUT,
    /** There is no network to look in yet: try again later. */
    NO_NETWORK,
    /** Too many services are being visited at once. */
    TOO_MANY_VISITS
  }

  /** A failure for a reason. */
  public OnionFailure(Reason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
