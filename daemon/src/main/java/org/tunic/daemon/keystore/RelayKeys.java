package org.tunic.daemon.keystore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.RsaSecretKey;

/**
 * The long- and medium-term keys of a relay at one time. When one is renewed, {@link RelayKeystore}
 * gives out a new snapshot; the keys of the old one stay usable, because channels and handshakes
 * may still hold them.
 *
 * <p>Spec: tor-spec/relay-keys
 *
 * <p>Threads: immutable.
 */
public final class RelayKeys {
  private final RsaSecretKey identityKey;
  private final Ed25519Identity masterIdentity;
  private final Ed25519Keypair signingKey;
  private final Ed25519Certificate signingCertificate;
  private final RsaSecretKey tapOnionKey;
  private final NtorOnionKeypair ntorOnionKey;
  private final Optional<NtorOnionKeypair> previousNtorOnionKey;

  RelayKeys(RsaSecretKey identityKey, MediumTermKeys mediumTerm, OnionKeys onionKeys) {
    this.identityKey = identityKey;
    this.masterIdentity = mediumTerm.masterIdentity();
    this.signingKey = mediumTerm.signingKey();
    this.signingCertificate = mediumTerm.signingCertificate();
    this.tapOnionKey = onionKeys.tap();
    this.ntorOnionKey = onionKeys.ntor();
    this.previousNtorOnionKey = onionKeys.previousNtor();
  }

  /**
   * Master identity, signing key and the certificate between them. No record: it holds a secret.
   */
  static final class MediumTermKeys {
    private final Ed25519Identity masterIdentity;
    private final Ed25519Keypair signingKey;
    private final Ed25519Certificate signingCertificate;

    MediumTermKeys(
        Ed25519Identity masterIdentity,
        Ed25519Keypair signingKey,
        Ed25519Certificate signingCertificate) {
      this.masterIdentity = masterIdentity;
      this.signingKey = signingKey;
      this.signingCertificate = signingCertificate;
    }

    Ed25519Identity masterIdentity() {
      return masterIdentity;
    }

    Ed25519Keypair signingKey() {
      return signingKey;
    }

    Ed25519Certificate signingCertificate() {
      return signingCertificate;
    }
  }

  /** The keys that clients' handshakes use. No record: it holds secrets. */
  static final class OnionKeys {
    private final RsaSecretKey tap;
    private final NtorOnionKeypair ntor;
    private final Optional<NtorOnionKeypair> previousNtor;

    OnionKeys(RsaSecretKey tap, NtorOnionKeypair ntor, Optional<NtorOnionKeypair> previousNtor) {
      this.tap = tap;
      this.ntor = ntor;
      this.previousNtor = previousNtor;
    }

    RsaSecretKey tap() {
      return tap;
    }

    NtorOnionKeypair ntor() {
      return ntor;
    }

    Optional<NtorOnionKeypair> previousNtor() {
      return previousNtor;
    }
  }

  /** Who we are. */
  public RelayIds ids() {
    return new RelayIds(identityKey.publicKey().identity(), masterIdentity);
  }

  /** RSA identity key, 1024 bits. */
  public RsaSecretKey identityKey() {
    return identityKey;
  }

  /** Ed25519 master identity. Its secret half is never kept in memory. */
  public Ed25519Identity masterIdentity() {
    return masterIdentity;
  }

  /** Ed25519 signing key. */
  public Ed25519Keypair signingKey() {
    return signingKey;
  }

  /** Certificate of the signing key (type 4), which names the master identity. */
  public Ed25519Certificate signingCertificate() {
    return signingCertificate;
  }

  /** TAP onion key, 1024 bits: published, never used. */
  public RsaSecretKey tapOnionKey() {
    return tapOnionKey;
  }

  /** The ntor onion key to publish. */
  public NtorOnionKeypair ntorOnionKey() {
    return ntorOnionKey;
  }

  /** The ntor onion keys that handshakes may use: the published one and the one before it. */
  public List<NtorOnionKeypair> ntorOnionKeys() {
    List<NtorOnionKeypair> keys = new ArrayList<>();
    keys.add(ntorOnionKey);
    previousNtorOnionKey.ifPresent(keys::add);
    return List.copyOf(keys);
  }

  OnionKeys onionKeys() {
    return new OnionKeys(tapOnionKey, ntorOnionKey, previousNtorOnionKey);
  }
}
