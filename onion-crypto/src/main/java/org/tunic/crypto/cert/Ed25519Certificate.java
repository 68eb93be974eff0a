package org.tunic.crypto.cert;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.Ed25519Keypair;

/**
 * An Ed25519 certificate in Tor's own format.
 *
 * <pre>
 * version 01 | type 1 | expiry in hours since the epoch 4 | key type 1 | certified key 32 | n_ext 1
 * n_ext times: length 2 | type 1 | flags 1 | data        | signature 64 over all before it
 * </pre>
 *
 * <p>One that was parsed says nothing yet: call {@link #check} before believing its key.
 *
 * <p>Spec: cert-spec (“Ed25519 certificates”)
 *
 * <p>Threads: immutable.
 */
public final class Ed25519Certificate {
  /** Key type of a certified Ed25519 key. */
  public static final int KEY_ED25519 = 1;

  /** Key type of a certified SHA-256 of an RSA key. */
  public static final int KEY_SHA256_OF_RSA = 2;

  /** Key type of a certified SHA-256 of an X.509 certificate. */
  public static final int KEY_SHA256_OF_X509 = 3;

  private static final int VERSION = 1;
  private static final int KEY_LENGTH = 32;
  private static final int EXTENSION_SIGNED_WITH_KEY = 4;
  private static final int FLAG_AFFECTS_VALIDATION = 1;
  private static final int SECONDS_PER_HOUR = 3600;

  /**
   * One extension.
   *
   * @param type 4 is the signing key, others are not known
   * @param flags bit 0 says that who does not know the type must not accept the certificate
   * @param data the contents
   */
  public record Extension(int type, int flags, Bytes data) {}

  private final CertificateType type;
  private final long expiryHours;
  private final int keyType;
  private final Bytes certifiedKey;
  private final List<Extension> extensions;
  private final Bytes encoded;

  private Ed25519Certificate(
      CertificateType type,
      long expiryHours,
      int keyType,
      Bytes certifiedKey,
      List<Extension> extensions,
      Bytes encoded) {
    this.type = type;
    this.expiryHours = expiryHours;
    this.keyType = keyType;
    this.certifiedKey = certifiedKey;
    this.extensions = extensions;
    this.encoded = encoded;
  }

  /**
   * Reads a certificate, all of {@code encoded}.
   *
   * @throws MalformedException if the form is wrong, an extension is unknown that must be known, or
   *     there is more than one signing key in it
   */
  public static Ed25519Certificate parse(byte[] encoded) throws MalformedException {
    ByteReader in = new ByteReader(encoded);
    if (in.u8() != VERSION) {
      throw new MalformedException("unknown version of an Ed25519 certificate");
    }
    CertificateType type = new CertificateType(in.u8());
    long expiryHours = in.u32();
    int keyType = in.u8();
    Bytes certifiedKey = in.bytes(KEY_LENGTH);
    int count = in.u8();
    List<Extension> extensions = new ArrayList<>();
    boolean signedWithKey = false;
    for (int i = 0; i < count; i++) {
      int length = in.u16();
      Extension extension = new Extension(in.u8(), in.u8(), in.bytes(length));
      if (extension.type == EXTENSION_SIGNED_WITH_KEY) {
        if (signedWithKey || length != KEY_LENGTH) {
          throw new MalformedException("bad signing key in an Ed25519 certificate");
        }
        signedWithKey = true;
      } else if ((extension.flags & FLAG_AFFECTS_VALIDATION) != 0) {
        throw new MalformedException("unknown extension affects the validation of a certificate");
      }
      extensions.add(extension);
    }
    in.skip(Ed25519.SIGNATURE_LENGTH);
    in.expectEnd();
    return new Ed25519Certificate(
        type, expiryHours, keyType, certifiedKey, List.copyOf(extensions), Bytes.copyOf(encoded));
  }

  /**
   * Makes a certificate.
   *
   * @param expires rounded up to the hour
   * @param keyType what {@code certifiedKey} is, such as {@link #KEY_ED25519}
   * @param certifiedKey 32 bytes
   * @param nameSigner whether extension 04 tells the signer's key
   */
  public static Ed25519Certificate sign(
      CertificateType type,
      Instant expires,
      int keyType,
      Bytes certifiedKey,
      Ed25519Keypair signer,
      boolean nameSigner) {
    if (certifiedKey.length() != KEY_LENGTH) {
      throw new IllegalArgumentException("a certified key has 32 bytes");
    }
    ByteWriter out = new ByteWriter(160);
    out.u8(VERSION)
        .u8(type.code())
        .u32(hoursUp(expires))
        .u8(keyType)
        .bytes(certifiedKey)
        .u8(nameSigner ? 1 : 0);
    if (nameSigner) {
      out.u16(KEY_LENGTH).u8(EXTENSION_SIGNED_WITH_KEY).u8(0).bytes(signer.identity().bytes());
    }
    out.bytes(signer.sign(out.toArray()));
    try {
      return parse(out.toArray());
    } catch (MalformedException e) {
      throw new IllegalStateException("a certificate just made can be read", e);
    }
  }

  /** Makes a certificate for an Ed25519 key; see {@link #sign}. */
  public static Ed25519Certificate certify(
      CertificateType type,
      Instant expires,
      Ed25519Identity key,
      Ed25519Keypair signer,
      boolean nameSigner) {
    return sign(type, expires, KEY_ED25519, key.bytes(), signer, nameSigner);
  }

  static long hoursUp(Instant expires) {
    return Math.ceilDiv(expires.getEpochSecond(), SECONDS_PER_HOUR);
  }

  /** Its type. */
  public CertificateType type() {
    return type;
  }

  /** Hours since the epoch. */
  public long expiryHours() {
    return expiryHours;
  }

  /** The last moment at which it is good. */
  public Instant expires() {
    return Instant.ofEpochSecond(expiryHours * SECONDS_PER_HOUR);
  }

  /** What {@link #certifiedKey()} is, such as {@link #KEY_ED25519}. */
  public int keyType() {
    return keyType;
  }

  /** The certified key or digest, 32 bytes. */
  public Bytes certifiedKey() {
    return certifiedKey;
  }

  /** The certified key as an Ed25519 key, whatever the key type says. */
  public Ed25519Identity certifiedEd25519() {
    return new Ed25519Identity(certifiedKey);
  }

  /** All extensions in order. */
  public List<Extension> extensions() {
    return extensions;
  }

  /** The signer that extension 04 names; not believed before {@link #check}. */
  public Optional<Ed25519Identity> namedSigner() {
    return extensions.stream()
        .filter(e -> e.type == EXTENSION_SIGNED_WITH_KEY)
        .findFirst()
        .map(e -> new Ed25519Identity(e.data));
  }

  /** The whole certificate, signature included. */
  public Bytes encoded() {
    return encoded;
  }

  /** Whether the signature is one by {@code signer}. */
  public boolean verify(Ed25519Identity signer) {
    byte[] all = encoded.toArray();
    int signed = all.length - Ed25519.SIGNATURE_LENGTH;
    byte[] signature = encoded.slice(signed, Ed25519.SIGNATURE_LENGTH).toArray();
    return Ed25519.verify(signer, all, 0, signed, signature);
  }

  /** Whether {@code now} is later than {@link #expires()}. */
  public boolean isExpired(Instant now) {
    return now.isAfter(expires());
  }

  /**
   * Demands that this is a good certificate of {@code expected} type by {@code signer}. A signer
   * named in extension 04 must be the same.
   *
   * @throws UntrustedCertificateException if it is anything else
   */
  public void check(CertificateType expected, Ed25519Identity signer, Instant now)
      throws UntrustedCertificateException {
    if (!type.equals(expected)) {
      throw new UntrustedCertificateException("Ed25519 certificate of another type");
    }
    if (!namedSigner().map(signer::equals).orElse(true)) {
      throw new UntrustedCertificateException("Ed25519 certificate names another signer");
    }
    if (isExpired(now)) {
      throw new UntrustedCertificateException("Ed25519 certificate has expired");
    }
    if (!verify(signer)) {
      throw new UntrustedCertificateException("bad signature of an Ed25519 certificate");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519Certificate that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  /** Type and expiry. */
  @Override
  public String toString() {
    return "Ed25519Certificate[" + type.code() + " until " + expires() + "]";
  }
}
