package org.tunic.directory.authority.keys;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * What an authority needs to vote and sign: its signing key and the certificate that its identity
 * key made for it. The identity key itself stays offline.
 *
 * <p>Spec: dir-spec/creating-key-certificates. Threads: immutable.
 */
public final class AuthorityKeys {
  /** Length of an identity key, as tor-gencert makes it. */
  public static final int IDENTITY_BITS = 3072;

  /** Length of a signing key, as tor-gencert makes it. */
  public static final int SIGNING_BITS = 2048;

  /** Longest lifetime of a certificate that tor-gencert makes, in months. */
  public static final int MAX_MONTHS = 24;

  private final KeyCertificate certificate;
  private final RsaSecretKey signingKey;

  /**
   * Pairs a signing key with its certificate.
   *
   * @throws IllegalArgumentException if the certificate is for another key; the keystore reports it
   *     to the operator
   */
  public AuthorityKeys(KeyCertificate certificate, RsaSecretKey signingKey) {
    if (!certificate.signingKey().equals(signingKey.publicKey())) {
      throw new IllegalArgumentException("the certificate is for another signing key");
    }
    this.certificate = certificate;
    this.signingKey = signingKey;
  }

  /** A new identity key. Takes a second or more. */
  public static RsaSecretKey newIdentityKey(SecureRandom random) {
    return RsaSecretKey.generate(IDENTITY_BITS, random);
  }

  /**
   * A new signing key, certified from now on.
   *
   * @param address where the directory port is; null to leave it out of the certificate
   * @param months lifetime, 1 to {@link #MAX_MONTHS}
   */
  public static AuthorityKeys certify(
      RsaSecretKey identityKey,
      @Nullable RelayAddress address,
      Instant now,
      int months,
      SecureRandom random) {
    if (months < 1 || months > MAX_MONTHS) {
      throw new IllegalArgumentException("months");
    }
    RsaSecretKey signingKey = RsaSecretKey.generate(SIGNING_BITS, random);
    Instant published = now.truncatedTo(ChronoUnit.SECONDS);
    Instant expires = published.atOffset(ZoneOffset.UTC).plusMonths(months).toInstant();
    return new AuthorityKeys(
        KeyCertificate.create(identityKey, signingKey, address, published, expires), signingKey);
  }

  /** The v3 identity: SHA-1 of the identity key. */
  public RsaIdentity identity() {
    return certificate.identity();
  }

  public KeyCertificate certificate() {
    return certificate;
  }

  public RsaSecretKey signingKey() {
    return signingKey;
  }

  /** The fingerprint only. */
  @Override
  public String toString() {
    return "authority keys of " + identity().hex();
  }
}
