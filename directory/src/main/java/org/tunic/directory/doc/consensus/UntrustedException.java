package org.tunic.directory.doc.consensus;

import java.io.Serial;
import java.util.Set;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;

/**
 * A consensus that must not be used, at least not yet.
 *
 * <p>Threads: immutable.
 */
public final class UntrustedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final transient Set<CertificateId> missing;

  /** What is wrong. */
  public enum Reason {
    /** Fewer than half of the authorities signed it, whatever certificates we might still get. */
    TOO_FEW_SIGNATURES,
    /** Certificates are missing that might make enough signatures count: get them and try again. */
    MISSING_CERTIFICATES,
    /** Its validity ended more than a day ago. */
    EXPIRED,
    /** Its validity begins more than a day from now: a clock is wrong. */
    NOT_YET_VALID
  }

  UntrustedException(Reason reason, Set<CertificateId> missing) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
    this.missing = Set.copyOf(missing);
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** Certificates of configured authorities that its signatures need and we lack. */
  public Set<CertificateId> missing() {
    return missing;
  }
}
