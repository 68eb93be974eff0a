package org.tunic.crypto.key;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * An Ed25519 key that signs, kept as the 64-byte expanded secret that C tor keeps: a scalar of 32
 * bytes and 32 bytes from which nonces come.
 *
 * <p>Most such keys are SHA-512 of a seed; the ones made from a curve25519 key or by blinding have
 * no seed at all, which is why the expanded form is the only one here.
 *
 * <p>Spec: tor-spec/relay-keys, RFC 8032 section 5.1.5
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class Ed25519Keypair implements AutoCloseable {
  /** Length of the expanded secret in bytes. */
  public static final int EXPANDED_LENGTH = 64;

  /** Length of a seed in bytes. */
  public static final int SEED_LENGTH = 32;

  /** Hashed after a curve25519 secret to get the nonce half; the NUL belongs to it, as in C tor. */
  private static final byte[] FROM_CURVE25519 =
      "Derive high part of ed25519 key from curve25519 key\0".getBytes(StandardCharsets.US_ASCII);

  /** Hashed before the nonce half of a key that is blinded; without a NUL, as in C tor. */
  private static final byte[] BLINDED_NONCE =
      "Derive temporary signing key hash input".getBytes(StandardCharsets.US_ASCII);

  private final SecretBytes expanded;
  private final Ed25519Identity identity;

  private Ed25519Keypair(SecretBytes expanded) {
    this.expanded = expanded;
    byte[] scalar = Arrays.copyOf(expanded.borrow(), 32);
    this.identity = Ed25519Identity.of(EdwardsPoint.multiplyBase(scalar).encode());
    SecretBytes.wipe(scalar);
  }

  /** A new key pair. */
  public static Ed25519Keypair generate(SecureRandom random) {
    byte[] seed = new byte[SEED_LENGTH];
    random.nextBytes(seed);
    try {
      return fromSeed(seed);
    } finally {
      SecretBytes.wipe(seed);
    }
  }

  /**
   * The key pair of a seed of 32 bytes, which the caller still has to wipe.
   *
   * @throws IllegalArgumentException if the seed has another length
   */
  public static Ed25519Keypair fromSeed(byte[] seed) {
    if (seed.length != SEED_LENGTH) {
      throw new IllegalArgumentException("a seed has 32 bytes");
    }
    byte[] secret = Sha.sha512(seed);
    clamp(secret);
    return new Ed25519Keypair(SecretBytes.takeOwnership(secret));
  }

  /**
   * The key pair of an expanded secret, as C tor's {@code ed25519_…_secret_key} files hold it after
   * their 32-byte head. The bytes are copied; the scalar is taken as it is.
   *
   * @throws MalformedException if the secret is not 64 bytes long or its scalar is not clamped
   */
  public static Ed25519Keypair fromExpanded(byte[] expandedSecret) throws MalformedException {
    if (expandedSecret.length != EXPANDED_LENGTH) {
      throw new MalformedException("an expanded Ed25519 secret has 64 bytes");
    }
    byte[] clamped = expandedSecret.clone();
    clamp(clamped);
    boolean wasClamped = ConstantTime.equals(clamped, expandedSecret);
    SecretBytes secret = SecretBytes.takeOwnership(clamped);
    if (!wasClamped) {
      secret.close();
      throw new MalformedException("the scalar of an Ed25519 secret is not clamped");
    }
    return new Ed25519Keypair(secret);
  }

  /**
   * The Ed25519 form of an ntor onion key, which signs the cross-certificate (type 0A). The sign
   * bit that readers need is {@link #signBit()}.
   *
   * <p>Spec: dir-spec/converting-to-ed25519 (“Converting a curve25519 public key to an ed25519
   * public key”)
   */
  public static Ed25519Keypair fromCurve25519(NtorOnionKeypair onionKey) {
    byte[] secret = onionKey.secret().borrow().clone();
    byte[] hash = Sha.sha512(secret, FROM_CURVE25519);
    byte[] all = new byte[EXPANDED_LENGTH];
    System.arraycopy(secret, 0, all, 0, 32);
    System.arraycopy(hash, 0, all, 32, 32);
    SecretBytes.wipe(secret);
    SecretBytes.wipe(hash);
    clamp(all);
    return new Ed25519Keypair(SecretBytes.takeOwnership(all));
  }

  /**
   * The key pair multiplied by a blinding factor; its public key is that of {@link Ed25519#blind}.
   *
   * <p>Spec: rend-spec/keyblinding-scheme
   *
   * @param factor 32 bytes, clamped here
   */
  public Ed25519Keypair blind(Bytes factor) {
    byte[] secret = expanded.borrow();
    byte[] scalar = Arrays.copyOf(secret, 32);
    byte[] prefix = Arrays.copyOfRange(secret, 32, EXPANDED_LENGTH);
    byte[] blinded = EdwardsScalar.multiplyAdd(Ed25519.clampFactor(factor), scalar, new byte[32]);
    byte[] hash = Sha.sha512(BLINDED_NONCE, prefix);
    byte[] all = Arrays.copyOf(blinded, EXPANDED_LENGTH);
    System.arraycopy(hash, 0, all, 32, 32);
    SecretBytes.wipe(scalar);
    SecretBytes.wipe(prefix);
    SecretBytes.wipe(blinded);
    SecretBytes.wipe(hash);
    return new Ed25519Keypair(SecretBytes.takeOwnership(all));
  }

  /** The public key. */
  public Ed25519Identity identity() {
    return identity;
  }

  /** The sign of x in the public key, 0 or 1: the argument of {@code ntor-onion-key-crosscert}. */
  public int signBit() {
    return identity.bytes().at(31) >>> 7;
  }

  /** The expanded secret, 64 bytes, for the keystore to write. Borrowed: not to be kept. */
  public SecretBytes expandedSecret() {
    return expanded;
  }

  /** Signs {@code message}; 64 bytes, the same each time. */
  public byte[] sign(byte[] message) {
    byte[] secret = expanded.borrow();
    byte[] scalar = Arrays.copyOf(secret, 32);
    byte[] prefix = Arrays.copyOfRange(secret, 32, 64);
    byte[] wideNonce = Sha.sha512(prefix, message);
    byte[] nonce = EdwardsScalar.reduce(wideNonce);
    try {
      byte[] r = EdwardsPoint.multiplyBase(nonce).encode();
      byte[] challenge = EdwardsScalar.reduce(Sha.sha512(r, identity.bytes().toArray(), message));
      byte[] s = EdwardsScalar.multiplyAdd(challenge, scalar, nonce);
      byte[] signature = Arrays.copyOf(r, Ed25519.SIGNATURE_LENGTH);
      System.arraycopy(s, 0, signature, 32, 32);
      return signature;
    } finally {
      SecretBytes.wipe(scalar);
      SecretBytes.wipe(prefix);
      SecretBytes.wipe(wideNonce);
      SecretBytes.wipe(nonce);
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    expanded.close();
  }

  /** Makes the scalar a multiple of 8 with bit 254 as its highest. */
  static void clamp(byte[] secret) {
    secret[0] &= (byte) 0xf8;
    secret[31] &= 0x7f;
    secret[31] |= 0x40;
  }
}
