package org.tunic.crypto.key;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.secret.SecretBytes;

/**
 * A curve25519 key pair: an ntor onion key (b, B), or an ephemeral one of a handshake.
 *
 * <p>The secret is kept clamped, as C tor writes it to {@code secret_onion_key_ntor}.
 *
 * <p>Spec: tor-spec/relay-keys, RFC 7748 section 5
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class NtorOnionKeypair implements AutoCloseable {
  /** Length of the secret in bytes. */
  public static final int SECRET_LENGTH = 32;

  private final SecretBytes secret;
  private final NtorPublicKey publicKey;

  private NtorOnionKeypair(SecretBytes secret) {
    this.secret = secret;
    this.publicKey = NtorPublicKey.of(X25519.publicKey(secret.borrow()));
  }

  /** A new key pair. */
  public static NtorOnionKeypair generate(SecureRandom random) {
    byte[] secret = new byte[SECRET_LENGTH];
    random.nextBytes(secret);
    Ed25519Keypair.clamp(secret);
    return new NtorOnionKeypair(SecretBytes.takeOwnership(secret));
  }

  /**
   * The key pair of a secret, which is copied and clamped.
   *
   * @throws MalformedException if the secret is not 32 bytes long
   */
  public static NtorOnionKeypair fromSecret(byte[] secret) throws MalformedException {
    if (secret.length != SECRET_LENGTH) {
      throw new MalformedException("a curve25519 secret has 32 bytes");
    }
    byte[] clamped = secret.clone();
    Ed25519Keypair.clamp(clamped);
    return new NtorOnionKeypair(SecretBytes.takeOwnership(clamped));
  }

  /** The public half. */
  public NtorPublicKey publicKey() {
    return publicKey;
  }

  /** The clamped secret, for the keystore to write. Borrowed: not to be kept. */
  public SecretBytes secret() {
    return secret;
  }

  /**
   * The Diffie–Hellman result with {@code other}, 32 bytes, which the caller wipes. All zero when
   * {@code other} has a small order: the caller rejects that as part of its one final check.
   */
  public byte[] agree(byte[] other) {
    return X25519.agree(secret.borrow(), other);
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    secret.close();
  }
}
