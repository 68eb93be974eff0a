package org.tunic.crypto.key;

import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * Verification of Ed25519 signatures, the Edwards form of curve25519 keys, and public keys
 * multiplied as onion services do it.
 *
 * <p>Spec: RFC 8032 section 5.1.7, tor-spec/relay-keys, rend-spec/keyblinding-scheme
 *
 * <p>Threads: any, because it has no state.
 */
public final class Ed25519 {
  /** Length of a signature in bytes. */
  public static final int SIGNATURE_LENGTH = 64;

  private Ed25519() {}

  /**
   * Whether {@code signature} is one by {@code signer} over {@code message}.
   *
   * <p>False for every malformed input too: a wrong length, a key or an R that is no point, an S
   * not below the group order.
   */
  public static boolean verify(Ed25519Identity signer, byte[] message, byte[] signature) {
    return verify(signer, message, 0, message.length, signature);
  }

  /** The same over {@code length} bytes of {@code message} from {@code offset}. */
  public static boolean verify(
      Ed25519Identity signer, byte[] message, int offset, int length, byte[] signature) {
    return signature.length == SIGNATURE_LENGTH
        && org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
            signature, 0, signer.bytes().toArray(), 0, message, offset, length);
  }

  /** The same with the signature as a value. */
  public static boolean verify(Ed25519Identity signer, byte[] message, Bytes signature) {
    return verify(signer, message, signature.toArray());
  }

  /**
   * The Ed25519 public key that belongs to a curve25519 one: y = (u - 1)/(u + 1), with the sign of
   * x given beside it because u does not determine it.
   *
   * <p>Spec: dir-spec/converting-to-ed25519 (“Converting a curve25519 public key to an ed25519
   * public key”)
   *
   * @param signBit 0 or 1
   */
  public static Ed25519Identity fromCurve25519(NtorPublicKey key, int signBit) {
    byte[] y = EdwardsPoint.yOfMontgomery(key.bytes().toArray());
    y[31] |= (byte) (signBit << 7);
    return Ed25519Identity.of(y);
  }

  /**
   * Whether {@code key} is a point of the prime-order group other than the neutral one: L times it
   * is neutral. Everything else could be written in several ways that name the same service.
   *
   * <p>Spec: rend-spec/encoding-onion-addresses
   */
  public static boolean isInPrimeOrderGroup(Ed25519Identity key) {
    EdwardsPoint point = EdwardsPoint.decode(key.bytes().toArray());
    return point != null && !point.isNeutral() && point.multiply(EdwardsScalar.order()).isNeutral();
  }

  /**
   * The public key multiplied by a blinding factor; empty if {@code key} is no point.
   *
   * @param factor 32 bytes, clamped here: h[0] &amp;= 248, h[31] &amp;= 63, h[31] |= 64
   */
  public static Optional<Ed25519Identity> blind(Ed25519Identity key, Bytes factor) {
    EdwardsPoint point = EdwardsPoint.decode(key.bytes().toArray());
    return Optional.ofNullable(point)
        .map(p -> Ed25519Identity.of(p.multiply(clampFactor(factor)).encode()));
  }

  /** A blinding factor as it is multiplied with: bit 254 set as in a secret, bit 255 clear. */
  static byte[] clampFactor(Bytes factor) {
    byte[] h = factor.toArray();
    h[0] &= (byte) 0xf8;
    h[31] &= 0x3f;
    h[31] |= 0x40;
    return h;
  }
}
