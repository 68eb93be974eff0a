package org.tunic.crypto.cert;

/**
 * The type of a certificate: the number in a CERTS cell and, for Ed25519 ones, in the certificate.
 *
 * <p>Spec: cert-spec (“Table of certificate types”)
 *
 * <p>Threads: immutable.
 *
 * @param code 0 to 255; unknown ones are kept
 */
public record CertificateType(int code) {
  /** X.509: the TLS link key signed by the RSA identity key. */
  public static final CertificateType RSA_LINK = new CertificateType(1);

  /** X.509: the RSA identity key signed by itself. */
  public static final CertificateType RSA_IDENTITY = new CertificateType(2);

  /** X.509: the RSA authentication key signed by the RSA identity key. */
  public static final CertificateType RSA_AUTHENTICATION = new CertificateType(3);

  /** Ed25519 signing key, by the master identity key. */
  public static final CertificateType SIGNING = new CertificateType(4);

  /** SHA-256 of the TLS certificate, by the signing key. */
  public static final CertificateType LINK = new CertificateType(5);

  /** Ed25519 link authentication key, by the signing key. */
  public static final CertificateType AUTHENTICATION = new CertificateType(6);

  /** Ed25519 master identity key, by the RSA identity key; no Ed25519 certificate in form. */
  public static final CertificateType RSA_TO_ED25519 = new CertificateType(7);

  /** Onion service: descriptor signing key, by the blinded key. */
  public static final CertificateType HS_DESCRIPTOR_SIGNING = new CertificateType(8);

  /** Onion service: introduction point authentication key, by the descriptor signing key. */
  public static final CertificateType HS_INTRO_AUTHENTICATION = new CertificateType(9);

  /** Master identity key, by the Ed25519 form of the ntor onion key. */
  public static final CertificateType NTOR_CROSSCERT = new CertificateType(0x0a);

  /** Onion service: introduction point encryption key, by the descriptor signing key. */
  public static final CertificateType HS_INTRO_ENCRYPTION = new CertificateType(0x0b);

  /** Master identity key, by a family key. */
  public static final CertificateType FAMILY = new CertificateType(0x0c);

  /** Refuses what no byte holds. */
  public CertificateType {
    if (code < 0 || code > 0xff) {
      throw new IllegalArgumentException("a certificate type is a byte");
    }
  }
}
