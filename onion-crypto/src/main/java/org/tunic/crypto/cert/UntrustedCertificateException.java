package org.tunic.crypto.cert;

/**
 * A certificate that can be read does not certify: wrong signer, bad signature, expired, not the
 * one this place needs, or the set is not complete.
 *
 * <p>Fixed text, no stack trace: peers decide how often it is thrown.
 *
 * <p>Threads: immutable.
 */
public final class UntrustedCertificateException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says in fixed words what was wrong. */
  public UntrustedCertificateException(String fixedText) {
    super(fixedText, null, false, false);
  }
}
