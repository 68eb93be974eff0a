package org.tunic.directory.doc.hsdescriptor;

import java.io.Serial;

/**
 * A descriptor whose layers cannot be opened or must not be used.
 *
 * <p>Threads: immutable.
 */
public final class HsDescriptorRefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What is wrong. */
  public enum Reason {
    /** It is not of the blinded key that was asked for: ask another directory. */
    OTHER_SERVICE,
    /** The middle layer does not decrypt or is malformed. */
    BAD_OUTER_LAYER,
    /** The inner layer is malformed. */
    BAD_INNER_LAYER,
    /** The inner layer does not decrypt: the service authorises its clients, and we have no key. */
    NEEDS_CLIENT_AUTH,
    /** The inner layer does not decrypt with our key: the service does not know it. */
    BAD_CLIENT_AUTH
  }

  HsDescriptorRefusedException(Reason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
