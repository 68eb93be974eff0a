package org.tunic.router.cell;

/**
 * The circuit handshake of a CREATE2 cell or EXTEND2 message: an open registry.
 *
 * <p>Spec: tor-spec/create-created-cells
 *
 * <p>Threads: immutable.
 *
 * @param code 0 to 65535
 */
public record HandshakeType(int code) {
  /** The old TAP handshake, which nobody answers any more. */
  public static final HandshakeType TAP = new HandshakeType(0);

  /** Curve25519 with the RSA identity: 84 bytes forward, 64 back. */
  public static final HandshakeType NTOR = new HandshakeType(2);

  /** Curve25519 with the Ed25519 identity and extensions. */
  public static final HandshakeType NTOR_V3 = new HandshakeType(3);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the code does not fit into two bytes
   */
  public HandshakeType {
    if (code < 0 || code > 0xffff) {
      throw new IllegalArgumentException("a handshake type is two bytes");
    }
  }
}
