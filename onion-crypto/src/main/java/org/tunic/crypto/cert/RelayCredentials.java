package org.tunic.crypto.cert;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.key.RsaSecretKey;

/**
 * What a relay of ours shows on its links for the next days: the TLS key and certificate, the two
 * sets of a CERTS cell and the key that signs AUTHENTICATE.
 *
 * <p>Made anew at {@link #renewAt()} or when the signing key changes; channels keep the snapshot
 * with which they were opened, because type 5 belongs to one TLS certificate.
 *
 * <p>Spec: tor-spec/negotiating-channels#CERTS-cells
 *
 * <p>Threads: immutable until the authentication key is closed by its owner.
 */
public final class RelayCredentials {
  /** Life of the certificates of link and authentication keys (types 5 and 6). */
  public static final Duration LINK_LIFETIME = Duration.ofDays(2);

  /** Life of the RSA to Ed25519 cross-certificate (type 7). */
  public static final Duration CROSS_LIFETIME = Duration.ofDays(180);

  private static final int LINK_KEY_BITS = 2048;
  private static final int RSA_AUTHENTICATION_BITS = 1024;
  private static final int LEAST_X509_DAYS = 5;
  private static final int MOST_X509_DAYS = 364;

  private final RelayIds ids;
  private final RsaPublicKey rsaIdentityKey;
  private final RsaSecretKey linkKey;
  private final X509Certificate tlsCertificate;
  private final Ed25519Keypair authenticationKey;
  private final SortedMap<Integer, Bytes> responderCertificates;
  private final SortedMap<Integer, Bytes> initiatorCertificates;
  private final Instant renewAt;

  private RelayCredentials(
      RsaSecretKey rsaIdentityKey,
      Ed25519Certificate signingCertificate,
      Ed25519Keypair signingKey,
      RsaSecretKey linkKey,
      Instant now,
      SecureRandom random) {
    this.ids =
        new RelayIds(
            rsaIdentityKey.publicKey().identity(), signingCertificate.namedSigner().orElseThrow());
    this.rsaIdentityKey = rsaIdentityKey.publicKey();
    this.linkKey = linkKey;
    this.authenticationKey = Ed25519Keypair.generate(random);
    X509Certificates.Chain x509 =
        X509Certificates.create(
            rsaIdentityKey,
            linkKey.publicKey(),
            RsaSecretKey.generate(RSA_AUTHENTICATION_BITS, random).publicKey(),
            Duration.ofDays(random.nextInt(LEAST_X509_DAYS, MOST_X509_DAYS + 1)),
            now,
            random);
    this.tlsCertificate = x509.link();
    Instant expires = now.plus(LINK_LIFETIME);
    SortedMap<Integer, Bytes> responder = new TreeMap<>();
    SortedMap<Integer, Bytes> initiator = new TreeMap<>();
    responder.put(CertificateType.RSA_LINK.code(), x509.link().der());
    initiator.put(CertificateType.RSA_AUTHENTICATION.code(), x509.authentication().der());
    responder.put(
        CertificateType.LINK.code(),
        Ed25519Certificate.sign(
                CertificateType.LINK,
                expires,
                Ed25519Certificate.KEY_SHA256_OF_X509,
                x509.link().sha256(),
                signingKey,
                true)
            .encoded());
    initiator.put(
        CertificateType.AUTHENTICATION.code(),
        Ed25519Certificate.certify(
                CertificateType.AUTHENTICATION,
                expires,
                authenticationKey.identity(),
                signingKey,
                true)
            .encoded());
    Bytes cross =
        RsaCrossCertificate.sign(
                signingCertificate.namedSigner().orElseThrow(),
                now.plus(CROSS_LIFETIME),
                rsaIdentityKey)
            .encoded();
    for (SortedMap<Integer, Bytes> both : List.of(responder, initiator)) {
      both.put(CertificateType.RSA_IDENTITY.code(), x509.identity().der());
      both.put(CertificateType.SIGNING.code(), signingCertificate.encoded());
      both.put(CertificateType.RSA_TO_ED25519.code(), cross);
    }
    this.responderCertificates = Collections.unmodifiableSortedMap(responder);
    this.initiatorCertificates = Collections.unmodifiableSortedMap(initiator);
    this.renewAt = now.plus(LINK_LIFETIME.dividedBy(2)).truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Makes all of it; takes some 100 ms for two RSA keys.
   *
   * @param rsaIdentityKey 1024 bits
   * @param signingCertificate type 4, naming the master key
   * @param signingKey the key it certifies; stays the caller's
   * @throws IllegalArgumentException if the certificate is for another key or names no signer
   */
  public static RelayCredentials create(
      RsaSecretKey rsaIdentityKey,
      Ed25519Certificate signingCertificate,
      Ed25519Keypair signingKey,
      Instant now,
      SecureRandom random) {
    if (!signingCertificate.certifiedEd25519().equals(signingKey.identity())
        || signingCertificate.namedSigner().isEmpty()) {
      throw new IllegalArgumentException("signing certificate and signing key do not fit");
    }
    return new RelayCredentials(
        rsaIdentityKey,
        signingCertificate,
        signingKey,
        RsaSecretKey.generate(LINK_KEY_BITS, random),
        now,
        random);
  }

  /** Who we are. */
  public RelayIds ids() {
    return ids;
  }

  /** Our RSA identity key, for CID and SID. */
  public RsaPublicKey rsaIdentityKey() {
    return rsaIdentityKey;
  }

  /** The RSA key of TLS, 2048 bits. */
  public RsaSecretKey linkKey() {
    return linkKey;
  }

  /** The only certificate we show in TLS. */
  public X509Certificate tlsCertificate() {
    return tlsCertificate;
  }

  /** The key of the type 06 certificate: signs AUTHENTICATE. */
  public Ed25519Keypair authenticationKey() {
    return authenticationKey;
  }

  /** CERTS of the side that accepted: types 1 2 4 5 7. */
  public SortedMap<Integer, Bytes> responderCertificates() {
    return responderCertificates;
  }

  /** CERTS of the side that connected: types 2 3 4 6 7. */
  public SortedMap<Integer, Bytes> initiatorCertificates() {
    return initiatorCertificates;
  }

  /** When to make the next, half the life of types 5 and 6 from the making of this. */
  public Instant renewAt() {
    return renewAt;
  }
}
