package org.tunic.crypto.cert;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.RsaPublicKey;

/**
 * The certificates of a peer's CERTS cell, judged as a set.
 *
 * <pre>
 * responder: 4 (master → signing key)  5 (signing key → this TLS certificate)  2, 7 (RSA identity → master)
 * initiator: 4 (master → signing key)  6 (signing key → authentication key)    2, 7 (RSA identity → master)
 * responder without a type 4: 2 and 1 (RSA identity → the TLS key)
 * </pre>
 *
 * <p>If a type 4 is there, the whole Ed25519 set must be good: a peer cannot be talked down to RSA.
 * Types not named above are ignored, like unknown ones.
 *
 * <p>Spec: tor-spec/negotiating-channels#authenticating-relays
 *
 * <p>Threads: immutable.
 */
public final class PeerCertificates {
  private static final int RSA_IDENTITY_BITS = 1024;

  /**
   * What the certificates prove. For a responder that is who it is; an initiator still has to show
   * by AUTHENTICATE that it has the authentication key.
   *
   * @param ids the identities; without Ed25519 only for a responder without a type 4
   * @param rsaKey the RSA identity key, for CID and SID
   * @param authenticationKey the key that signs AUTHENTICATE; null for a responder
   */
  public record Proven(
      RelayIds ids, RsaPublicKey rsaKey, @Nullable Ed25519Identity authenticationKey) {
    /** The key that signs AUTHENTICATE, empty for a responder. */
    public Optional<Ed25519Identity> authentication() {
      return Optional.ofNullable(authenticationKey);
    }
  }

  private final Map<Integer, Bytes> bodies;
  private final Instant now;

  private PeerCertificates(Map<Integer, Bytes> bodies, Instant now) {
    this.bodies = bodies;
    this.now = now;
  }

  /**
   * Judges the certificates of the side that accepted the TLS connection.
   *
   * @param bodies certificate bodies by CERTS type
   * @param tlsCertificateDer the certificate that the peer showed in TLS
   * @throws UntrustedCertificateException if they do not prove an identity; close the channel
   */
  public static Proven verifyResponder(
      Map<Integer, Bytes> bodies, byte[] tlsCertificateDer, Instant now)
      throws UntrustedCertificateException {
    PeerCertificates certificates = new PeerCertificates(bodies, now);
    RsaPublicKey rsaKey = certificates.rsaIdentity();
    if (!bodies.containsKey(CertificateType.SIGNING.code())) {
      certificates.checkRsaLink(rsaKey, tlsCertificateDer);
      return new Proven(RelayIds.ofRsa(rsaKey.identity()), rsaKey, null);
    }
    Ed25519Certificate signing = certificates.signingKey();
    Ed25519Identity master = certificates.master(signing, rsaKey);
    Ed25519Certificate link = certificates.ed25519(CertificateType.LINK);
    link.check(CertificateType.LINK, signing.certifiedEd25519(), now);
    if (!link.certifiedKey().equals(Bytes.copyOf(Sha.sha256(tlsCertificateDer)))) {
      throw new UntrustedCertificateException("link certificate is for another TLS certificate");
    }
    return new Proven(new RelayIds(rsaKey.identity(), master), rsaKey, null);
  }

  /**
   * Judges the certificates of the side that opened the TLS connection.
   *
   * @param bodies certificate bodies by CERTS type
   * @throws UntrustedCertificateException if they do not prove an identity; close the channel
   */
  public static Proven verifyInitiator(Map<Integer, Bytes> bodies, Instant now)
      throws UntrustedCertificateException {
    PeerCertificates certificates = new PeerCertificates(bodies, now);
    RsaPublicKey rsaKey = certificates.rsaIdentity();
    Ed25519Certificate signing = certificates.signingKey();
    Ed25519Identity master = certificates.master(signing, rsaKey);
    Ed25519Certificate authentication = certificates.ed25519(CertificateType.AUTHENTICATION);
    authentication.check(CertificateType.AUTHENTICATION, signing.certifiedEd25519(), now);
    return new Proven(
        new RelayIds(rsaKey.identity(), master), rsaKey, authentication.certifiedEd25519());
  }

  /** Type 2: self-signed, 1024 bits, in time. */
  private RsaPublicKey rsaIdentity() throws UntrustedCertificateException {
    X509Certificate identity = x509(CertificateType.RSA_IDENTITY);
    RsaPublicKey key =
        identity
            .rsaKey()
            .orElseThrow(() -> new UntrustedCertificateException("RSA identity without RSA key"));
    if (key.bits() != RSA_IDENTITY_BITS) {
      throw new UntrustedCertificateException("RSA identity key is not of 1024 bits");
    }
    if (!identity.isValidAt(now) || !identity.isSignedBy(key)) {
      throw new UntrustedCertificateException("RSA identity certificate is not good");
    }
    return key;
  }

  /** Type 1, for relays without Ed25519: the RSA identity signs the key of the TLS certificate. */
  private void checkRsaLink(RsaPublicKey rsaKey, byte[] tlsCertificateDer)
      throws UntrustedCertificateException {
    X509Certificate link = x509(CertificateType.RSA_LINK);
    if (!link.isValidAt(now) || !link.isSignedBy(rsaKey)) {
      throw new UntrustedCertificateException("RSA link certificate is not good");
    }
    Optional<RsaPublicKey> tlsKey;
    try {
      tlsKey = X509Certificate.parse(tlsCertificateDer).rsaKey();
    } catch (MalformedException e) {
      throw new UntrustedCertificateException("TLS certificate cannot be read");
    }
    if (tlsKey.isEmpty() || !tlsKey.equals(link.rsaKey())) {
      throw new UntrustedCertificateException("RSA link certificate is for another TLS key");
    }
  }

  /** Type 4: names the master key that signed it. */
  private Ed25519Certificate signingKey() throws UntrustedCertificateException {
    Ed25519Certificate signing = ed25519(CertificateType.SIGNING);
    Optional<Ed25519Identity> master = signing.namedSigner();
    if (master.isEmpty()) {
      throw new UntrustedCertificateException("signing key certificate without master key");
    }
    signing.check(CertificateType.SIGNING, master.get(), now);
    return signing;
  }

  /** Type 7: the RSA identity vouches for the master key of type 4. */
  private Ed25519Identity master(Ed25519Certificate signing, RsaPublicKey rsaKey)
      throws UntrustedCertificateException {
    Ed25519Identity master = signing.namedSigner().orElseThrow();
    try {
      RsaCrossCertificate.parse(body(CertificateType.RSA_TO_ED25519)).check(master, rsaKey, now);
    } catch (MalformedException e) {
      throw new UntrustedCertificateException("cross-certificate cannot be read");
    }
    return master;
  }

  private Ed25519Certificate ed25519(CertificateType type) throws UntrustedCertificateException {
    try {
      return Ed25519Certificate.parse(body(type));
    } catch (MalformedException e) {
      throw new UntrustedCertificateException("Ed25519 certificate cannot be read");
    }
  }

  private X509Certificate x509(CertificateType type) throws UntrustedCertificateException {
    try {
      return X509Certificate.parse(body(type));
    } catch (MalformedException e) {
      throw new UntrustedCertificateException("X.509 certificate cannot be read");
    }
  }

  private byte[] body(CertificateType type) throws UntrustedCertificateException {
    Bytes body = bodies.get(type.code());
    if (body == null) {
      throw new UntrustedCertificateException("a certificate that is needed is missing");
    }
    return body.toArray();
  }
}
