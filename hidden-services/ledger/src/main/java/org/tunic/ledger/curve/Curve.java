package org.tunic.ledger.curve;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;

/**
 * libsecp256k1: verifies ECDSA and BIP 340 signatures, makes both, and tweaks keys.
 *
 * <p>Methods that check take any bytes and answer false for what does not parse; those that make
 * take keys of ours.
 *
 * <p>Threads: any, because the library's context is not changed after it was made.
 */
public final class Curve {
  /** Bytes of a private key, an x coordinate, a message. */
  public static final int SCALAR_LENGTH = 32;

  /** Bytes of a compressed public key. */
  public static final int COMPRESSED_LENGTH = 33;

  private static final int UNCOMPRESSED_LENGTH = 65;
  private static final int SIGNATURE_LENGTH = 64;
  private static final int EVEN = 2;

  private final Secp256k1 library;

  private Curve(Secp256k1 library) {
    this.library = library;
  }

  /**
   * Loads the library and checks that it works.
   *
   * @throws CurveMissingException if there is none for this machine; the node must not start
   */
  public static Curve load() throws CurveMissingException {
    try {
      Curve curve = new Curve(Secp256k1.get());
      byte[] one = new byte[SCALAR_LENGTH];
      one[SCALAR_LENGTH - 1] = 1;
      curve.publicKey(one);
      return curve;
    } catch (LinkageError | RuntimeException e) {
      throw new CurveMissingException(e);
    }
  }

  /**
   * Whether {@code signature}, as consensus reads it, signs {@code hash}.
   *
   * @param signature DER in the lax form of old, with either S, without the hash type
   * @param publicKey compressed, uncompressed or hybrid
   */
  public boolean verifyEcdsa(byte[] signature, byte[] hash, byte[] publicKey) {
    if (!isPlausibleKey(publicKey)) {
      return false;
    }
    byte[] compact = EcdsaSignature.parseLax(signature);
    if (compact.length != SIGNATURE_LENGTH) {
      return false;
    }
    EcdsaSignature.normalise(compact);
    try {
      return library.verify(compact, hash, publicKey);
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  /** Whether the first byte of a public key fits its length. */
  private static boolean isPlausibleKey(byte[] key) {
    if (key.length == COMPRESSED_LENGTH) {
      return key[0] == 2 || key[0] == 3;
    }
    return key.length == UNCOMPRESSED_LENGTH && (key[0] == 4 || key[0] == 6 || key[0] == 7);
  }

  /**
   * Whether {@code signature} (64 bytes) signs {@code hash} under the x coordinate {@code key}.
   *
   * <p>Spec: BIP 340
   */
  public boolean verifySchnorr(byte[] signature, byte[] hash, byte[] key) {
    if (signature.length != SIGNATURE_LENGTH || key.length != SCALAR_LENGTH) {
      return false;
    }
    try {
      return library.verifySchnorr(signature, hash, key);
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  /**
   * Whether {@code output} is the x coordinate of {@code internal + tweak * G} and its y is odd as
   * said.
   *
   * <p>The check of BIP 341. All arrays have 32 bytes.
   */
  public boolean isTweaked(byte[] output, boolean odd, byte[] internal, byte[] tweak) {
    try {
      byte[] compressed = library.pubKeyCompress(library.pubKeyTweakAdd(lifted(internal), tweak));
      return (compressed[0] == EVEN + 1) == odd
          && Arrays.equals(compressed, 1, COMPRESSED_LENGTH, output, 0, SCALAR_LENGTH);
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  /**
   * The compressed key {@code internal + tweak * G}, whose first byte says the parity.
   *
   * @param internal x coordinate of a key
   * @throws IllegalArgumentException if there is no such key
   */
  public byte[] tweak(byte[] internal, byte[] tweak) {
    try {
      return library.pubKeyCompress(library.pubKeyTweakAdd(lifted(internal), tweak));
    } catch (Secp256k1Exception e) {
      throw new IllegalArgumentException("not the x coordinate of a key", e);
    }
  }

  private static byte[] lifted(byte[] x) {
    byte[] key = new byte[COMPRESSED_LENGTH];
    key[0] = EVEN;
    System.arraycopy(x, 0, key, 1, SCALAR_LENGTH);
    return key;
  }

  /**
   * The compressed public key of {@code privateKey}.
   *
   * @throws IllegalArgumentException if it is zero or not below the order
   */
  public byte[] publicKey(byte[] privateKey) {
    try {
      return library.pubKeyCompress(library.pubkeyCreate(privateKey));
    } catch (Secp256k1Exception e) {
      throw new IllegalArgumentException("not a private key", e);
    }
  }

  /**
   * Signs with the nonce of RFC 6979.
   *
   * @return DER with low S, without the hash type
   */
  public byte[] signEcdsa(byte[] hash, byte[] privateKey) {
    return library.compact2der(library.sign(hash, privateKey, null));
  }

  /**
   * Signs as BIP 340 says.
   *
   * @param auxiliary 32 random bytes
   * @return 64 bytes
   */
  public byte[] signSchnorr(byte[] hash, byte[] privateKey, byte[] auxiliary) {
    return library.signSchnorr(hash, privateKey, auxiliary);
  }
}
