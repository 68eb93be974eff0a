package org.tunic.crypto.cert;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.key.RsaSecretKey;

/**
 * Makes the X.509 certificates of a relay as C tor makes them: version 3 without extensions,
 * SHA256withRSA, common names {@code www.RANDOM.net} and {@code www.RANDOM.com}, times on day
 * borders.
 *
 * <p>They say nothing that anybody checks by name; what counts is the chain of keys.
 *
 * <p>Spec: tor-spec/negotiating-channels, tor-spec/channels
 *
 * <p>Threads: any, because it has no state.
 */
public final class X509Certificates {
  private static final Duration IDENTITY_LIFETIME = Duration.ofDays(365);
  private static final Duration LEAST_REAL_LIFETIME = Duration.ofDays(1);
  private static final int SERIAL_BITS = 64;
  private static final AlgorithmIdentifier SHA256_WITH_RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  private X509Certificates() {}

  /**
   * The three X.509 certificates of a relay, made together because their names fit each other.
   *
   * @param link the TLS key, by the identity key (CERTS type 1, and the certificate of TLS)
   * @param identity the identity key, by itself (type 2)
   * @param authentication the RSA authentication key, by the identity key (type 3)
   */
  public record Chain(
      X509Certificate link, X509Certificate identity, X509Certificate authentication) {}

  /**
   * Makes the three certificates.
   *
   * @param linkLifetime of link and authentication certificates, two days at least; they begin up
   *     to that much less two days in the past, at midnight
   */
  public static Chain create(
      RsaSecretKey identityKey,
      RsaPublicKey linkKey,
      RsaPublicKey authenticationKey,
      Duration linkLifetime,
      Instant now,
      SecureRandom random) {
    String subject = hostName(".net", random);
    String issuer = hostName(".com", random);
    return new Chain(
        certify(linkKey, subject, identityKey, issuer, linkLifetime, now, random),
        certify(
            identityKey.publicKey(), issuer, identityKey, issuer, IDENTITY_LIFETIME, now, random),
        certify(authenticationKey, subject, identityKey, issuer, linkLifetime, now, random));
  }

  private static X509Certificate certify(
      RsaPublicKey key,
      String subject,
      RsaSecretKey signer,
      String issuer,
      Duration lifetime,
      Instant now,
      SecureRandom random) {
    Instant notBefore = start(lifetime, now, random);
    try {
      V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
      body.setSerialNumber(new ASN1Integer(new BigInteger(SERIAL_BITS, random)));
      body.setSignature(SHA256_WITH_RSA);
      body.setIssuer(new X500Name("CN=" + issuer));
      body.setSubject(new X500Name("CN=" + subject));
      body.setStartDate(new Time(Date.from(notBefore)));
      body.setEndDate(new Time(Date.from(notBefore.plus(lifetime))));
      body.setSubjectPublicKeyInfo(
          new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              key.pkcs1Der().toArray()));
      TBSCertificate signed = body.generateTBSCertificate();
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(signer.jdkKey());
      signature.update(signed.getEncoded(ASN1Encoding.DER));
      DERSequence certificate =
          new DERSequence(
              new ASN1Encodable[] {signed, SHA256_WITH_RSA, new DERBitString(signature.sign())});
      return X509Certificate.parse(certificate.getEncoded(ASN1Encoding.DER));
    } catch (IOException | GeneralSecurityException | MalformedException e) {
      throw new IllegalStateException("an X.509 certificate can be made", e);
    }
  }

  /** A midnight in the past, at random, such that a day of real lifetime is left at least. */
  private static Instant start(Duration lifetime, Instant now, SecureRandom random) {
    long spare = lifetime.minus(LEAST_REAL_LIFETIME.multipliedBy(2)).toSeconds();
    long back = spare > 0 ? random.nextLong(spare) : 0;
    return now.minusSeconds(back).truncatedTo(ChronoUnit.DAYS);
  }

  /** {@code www.}, 8 to 20 characters of the base32 alphabet, and the ending. */
  private static String hostName(String ending, SecureRandom random) {
    byte[] bytes = new byte[13];
    random.nextBytes(bytes);
    return "www." + Base32.encode(bytes).substring(0, random.nextInt(8, 21)) + ending;
  }
}
