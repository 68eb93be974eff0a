package org.tunic.crypto.cert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.secret.ConstantTime;

/**
 * An X.509 certificate of a link handshake, reduced to what Tor asks of it: the key, the times, who
 * signed.
 *
 * <p>Spec: tor-spec/negotiating-channels#CERTS-cells
 *
 * <p>Threads: immutable.
 */
public final class X509Certificate {
  /** Greatest length of the DER in bytes; C tor's have 450 to 600. */
  public static final int MAX_LENGTH = 4096;

  /** How long after its end a certificate is still taken, for clocks that are wrong. */
  public static final Duration PAST_SLOP = Duration.ofDays(2);

  /** How long before its start a certificate is already taken. */
  public static final Duration FUTURE_SLOP = Duration.ofDays(30);

  private final Bytes der;
  private final byte[] signedPart;
  private final byte[] signature;
  private final @Nullable String signatureAlgorithm;
  private final @Nullable RsaPublicKey rsaKey;
  private final Instant notBefore;
  private final Instant notAfter;

  private X509Certificate(Bytes der, Certificate parsed) throws IOException {
    this.der = der;
    this.signedPart = parsed.getTBSCertificate().getEncoded(ASN1Encoding.DER);
    this.signature = parsed.getSignature().getOctets();
    this.signatureAlgorithm =
        parsed.getSignatureAlgorithm().equals(parsed.getTBSCertificate().getSignature())
            ? jdkName(parsed.getSignatureAlgorithm().getAlgorithm())
            : null;
    this.rsaKey = rsaKeyOf(parsed.getSubjectPublicKeyInfo());
    this.notBefore = parsed.getStartDate().getDate().toInstant();
    this.notAfter = parsed.getEndDate().getDate().toInstant();
  }

  /**
   * Reads the DER of a certificate, all of {@code der}.
   *
   * @throws MalformedException if it is too long, is no certificate or is not in canonical DER
   */
  public static X509Certificate parse(byte[] der) throws MalformedException {
    if (der.length > MAX_LENGTH) {
      throw new MalformedException("X.509 certificate too long");
    }
    try {
      Certificate parsed = Certificate.getInstance(der);
      if (parsed == null || !ConstantTime.equals(parsed.getEncoded(ASN1Encoding.DER), der)) {
        throw new MalformedException("X.509 certificate is not DER");
      }
      return new X509Certificate(Bytes.copyOf(der), parsed);
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle's parser has no closed set of exceptions for bad input.
      throw new MalformedException("not an X.509 certificate");
    }
  }

  /** The certificate itself. */
  public Bytes der() {
    return der;
  }

  /** SHA-256 of the DER: what a type 05 certificate certifies, and SCERT of AUTHENTICATE. */
  public Bytes sha256() {
    return Bytes.copyOf(Sha.sha256(der.toArray()));
  }

  /** The certified key, empty when it is no RSA key that {@link RsaPublicKey} accepts. */
  public Optional<RsaPublicKey> rsaKey() {
    return Optional.ofNullable(rsaKey);
  }

  /** First moment of validity. */
  public Instant notBefore() {
    return notBefore;
  }

  /** Last moment of validity. */
  public Instant notAfter() {
    return notAfter;
  }

  /**
   * Whether {@code now} lies within the validity, {@link #PAST_SLOP} and {@link #FUTURE_SLOP}
   * given.
   */
  public boolean isValidAt(Instant now) {
    return !now.isAfter(notAfter.plus(PAST_SLOP)) && !now.isBefore(notBefore.minus(FUTURE_SLOP));
  }

  /** Whether {@code signer} signed it, by PKCS#1 v1.5 with SHA-256, SHA-384 or SHA-512. */
  public boolean isSignedBy(RsaPublicKey signer) {
    if (signatureAlgorithm == null) {
      return false;
    }
    try {
      Signature check = Signature.getInstance(signatureAlgorithm);
      check.initVerify(signer.jdkKey());
      check.update(signedPart);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The same certificate as one of the JDK: for TLS contexts. Only for our own certificates. */
  public java.security.cert.X509Certificate jdkCertificate() {
    try {
      return (java.security.cert.X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK reads a certificate of ours", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X509Certificate that && der.equals(that.der);
  }

  @Override
  public int hashCode() {
    return der.hashCode();
  }

  private static @Nullable RsaPublicKey rsaKeyOf(SubjectPublicKeyInfo info) throws IOException {
    if (!info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return null;
    }
    try {
      return RsaPublicKey.parsePkcs1Der(info.getPublicKeyData().getOctets());
    } catch (MalformedException e) {
      return null;
    }
  }

  private static @Nullable String jdkName(ASN1ObjectIdentifier algorithm) {
    if (algorithm.equals(PKCSObjectIdentifiers.sha256WithRSAEncryption)) {
      return "SHA256withRSA";
    }
    if (algorithm.equals(PKCSObjectIdentifiers.sha384WithRSAEncryption)) {
      return "SHA384withRSA";
    }
    if (algorithm.equals(PKCSObjectIdentifiers.sha512WithRSAEncryption)) {
      return "SHA512withRSA";
    }
    return null;
  }
}
