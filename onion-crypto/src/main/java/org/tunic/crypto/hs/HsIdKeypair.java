package org.tunic.crypto.hs;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The identity key of an onion service. In the protocol it never signs, its blinded forms do; for
 * applications it signs what {@link HsId#verify} knows apart from everything else.
 *
 * <p>Kept as C tor keeps it in {@code hs_ed25519_secret_key}: 64 bytes, the expanded secret (the
 * same that ADD_ONION takes as {@code ED25519-V3:}).
 *
 * <p>Spec: rend-spec/protocol-overview#imd:master, rend-spec/keyblinding-scheme
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class HsIdKeypair implements AutoCloseable {
  private final Ed25519Keypair keypair;
  private final HsId id;

  private HsIdKeypair(Ed25519Keypair keypair) {
    this.keypair = keypair;
    this.id = new HsId(keypair.identity());
  }

  /** A new identity. */
  public static HsIdKeypair generate(SecureRandom random) {
    return new HsIdKeypair(Ed25519Keypair.generate(random));
  }

  /**
   * From an expanded secret of 64 bytes, which is copied.
   *
   * @throws MalformedException if it has another length or its scalar is not clamped
   */
  public static HsIdKeypair fromExpanded(byte[] expandedSecret) throws MalformedException {
    return new HsIdKeypair(Ed25519Keypair.fromExpanded(expandedSecret));
  }

  /** Takes ownership of a key pair that was searched for. */
  static HsIdKeypair of(Ed25519Keypair keypair) {
    return new HsIdKeypair(keypair);
  }

  /** The name. */
  public HsId id() {
    return id;
  }

  /** The expanded secret, 64 bytes, for the keystore to write. Borrowed: not to be kept. */
  public SecretBytes expandedSecret() {
    return keypair.expandedSecret();
  }

  /**
   * Signs for an application.
   *
   * @param domain what for, at most 255 bytes in UTF-8
   * @return 64 bytes, for {@link HsId#verify}
   */
  public Bytes sign(String domain, Bytes message) {
    return Bytes.copyOf(keypair.sign(HsId.signedBytes(domain, message)));
  }

  /** The key of a time period, with an owner of its own. */
  public HsBlindedKeypair blind(TimePeriod period) {
    return new HsBlindedKeypair(id, keypair.blind(period.blindingFactor(id.key())), period);
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    keypair.close();
  }
}
