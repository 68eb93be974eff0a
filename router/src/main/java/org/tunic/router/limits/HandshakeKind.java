package org.tunic.router.limits;

import java.util.Optional;
import org.tunic.router.cell.HandshakeType;

/**
 * The circuit handshakes that are counted apart, a closed set for metric labels.
 *
 * <p>Threads: immutable.
 */
public enum HandshakeKind {
  /** Refused by everybody; its counters stay 0. */
  TAP("tap"),
  /** CREATE_FAST, answered on the event loop. */
  FAST("fast"),
  NTOR("ntor"),
  NTOR_V3("ntor_v3");

  private final String label;

  HandshakeKind(String label) {
    this.label = label;
  }

  /** The label that C tor's metrics give it. */
  public String label() {
    return label;
  }

  /** The kind of a handshake type; empty for those nobody has heard of. */
  public static Optional<HandshakeKind> of(HandshakeType type) {
    if (type.equals(HandshakeType.NTOR)) {
      return Optional.of(NTOR);
    }
    if (type.equals(HandshakeType.NTOR_V3)) {
      return Optional.of(NTOR_V3);
    }
    return type.equals(HandshakeType.TAP) ? Optional.of(TAP) : Optional.empty();
  }
}
