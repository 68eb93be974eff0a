package org.tunic.crypto.key;

/**
 * The function X25519 of RFC 7748 on bare arrays, for the key types of this room.
 *
 * <p>Threads: any, because it has no mutable state.
 */
final class X25519 {
  private static final int LENGTH = 32;

  private X25519() {}

  /** {@code secret} times the base point. */
  static byte[] publicKey(byte[] secret) {
    byte[] out = new byte[LENGTH];
    org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(secret, 0, out, 0);
    return out;
  }

  /** {@code secret} times {@code point}; all zero for points of small order. */
  static byte[] agree(byte[] secret, byte[] point) {
    byte[] out = new byte[LENGTH];
    org.bouncycastle.math.ec.rfc7748.X25519.scalarMult(secret, 0, point, 0, out, 0);
    return out;
  }
}
