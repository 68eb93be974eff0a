package org.tunic.directory.doc.routerdescriptor;

import java.util.List;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.RsaSecretKey;

/**
 * The keys a relay signs its descriptors with. It borrows them: who made them wipes them.
 *
 * <p>Threads: immutable, as long as the keys are open.
 */
public final class RelaySigningKeys {
  private final RsaSecretKey identity;
  private final RsaSecretKey tapOnionKey;
  private final NtorOnionKeypair ntorOnionKey;
  private final Ed25519Keypair signing;
  private final Ed25519Certificate signingCertificate;
  private final List<Ed25519Keypair> familyKeys;
  private final Ed25519Identity master;

  /**
   * Groups the keys of one relay.
   *
   * @param identity RSA identity key, 1024 bits
   * @param tapOnionKey RSA onion key, 1024 bits: unused, but authorities insist on it
   * @param ntorOnionKey the current ntor onion key
   * @param signing Ed25519 signing key
   * @param signingCertificate type 04, over {@code signing}, naming the master key that signed it
   * @param familyKeys keys of the families the relay is a member of; usually none
   * @throws IllegalArgumentException if the certificate is not one for the signing key
   */
  public RelaySigningKeys(
      RsaSecretKey identity,
      RsaSecretKey tapOnionKey,
      NtorOnionKeypair ntorOnionKey,
      Ed25519Keypair signing,
      Ed25519Certificate signingCertificate,
      List<Ed25519Keypair> familyKeys) {
    if (!signingCertificate.certifiedKey().equals(signing.identity().bytes())) {
      throw new IllegalArgumentException("certificate of another signing key");
    }
    this.identity = identity;
    this.tapOnionKey = tapOnionKey;
    this.ntorOnionKey = ntorOnionKey;
    this.signing = signing;
    this.signingCertificate = signingCertificate;
    this.familyKeys = List.copyOf(familyKeys);
    this.master =
        signingCertificate
            .namedSigner()
            .orElseThrow(
                () -> new IllegalArgumentException("certificate does not name its signer"));
  }

  /** Both identities of the relay. */
  public RelayIds ids() {
    return new RelayIds(identity.publicKey().identity(), master);
  }

  /** RSA identity key. */
  public RsaSecretKey identity() {
    return identity;
  }

  /** RSA onion key. */
  public RsaSecretKey tapOnionKey() {
    return tapOnionKey;
  }

  /** Current ntor onion key. */
  public NtorOnionKeypair ntorOnionKey() {
    return ntorOnionKey;
  }

  /** Ed25519 signing key. */
  public Ed25519Keypair signing() {
    return signing;
  }

  /** Certificate of the signing key. */
  public Ed25519Certificate signingCertificate() {
    return signingCertificate;
  }

  /** Family keys. */
  public List<Ed25519Keypair> familyKeys() {
    return familyKeys;
  }

  /** Ed25519 master identity. */
  public Ed25519Identity master() {
    return master;
  }
}
