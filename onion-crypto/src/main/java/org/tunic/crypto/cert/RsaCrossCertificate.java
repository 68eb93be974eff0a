package org.tunic.crypto.cert;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.key.RsaSecretKey;

/**
 * The certificate by which an RSA identity key vouches for an Ed25519 master key (CERTS type 7).
 *
 * <pre>
 * Ed25519 key 32 | expiry in hours since the epoch 4 | length 1 | RSA signature
 * </pre>
 *
 * <p>The signature is bare, over SHA-256 of a prefix and the first 36 bytes.
 *
 * <p>Spec: cert-spec (“RSA→Ed25519 cross-certificate”)
 *
 * <p>Threads: immutable.
 *
 * @param master the certified key, not believed before {@link #check}
 * @param expiryHours hours since the epoch
 * @param signature as long as the RSA modulus, at most 255 bytes
 */
public record RsaCrossCertificate(Ed25519Identity master, long expiryHours, Bytes signature) {
  private static final byte[] PREFIX =
      "Tor TLS RSA/Ed25519 cross-certificate".getBytes(StandardCharsets.US_ASCII);
  private static final int SECONDS_PER_HOUR = 3600;

  /**
   * Reads a cross-certificate, all of {@code encoded}.
   *
   * @throws MalformedException if the lengths are wrong
   */
  public static RsaCrossCertificate parse(byte[] encoded) throws MalformedException {
    ByteReader in = new ByteReader(encoded);
    Ed25519Identity master = new Ed25519Identity(in.bytes(Ed25519Identity.LENGTH));
    long expiryHours = in.u32();
    Bytes signature = in.bytes(in.u8());
    in.expectEnd();
    return new RsaCrossCertificate(master, expiryHours, signature);
  }

  /** Makes one; {@code expires} is rounded up to the hour. */
  public static RsaCrossCertificate sign(
      Ed25519Identity master, Instant expires, RsaSecretKey identityKey) {
    long hours = Ed25519Certificate.hoursUp(expires);
    byte[] signature = identityKey.signBare(digest(master, hours));
    return new RsaCrossCertificate(master, hours, Bytes.copyOf(signature));
  }

  /** The certificate as it stands in a CERTS cell. */
  public Bytes encoded() {
    return new ByteWriter(40 + signature.length())
        .bytes(master.bytes())
        .u32(expiryHours)
        .u8(signature.length())
        .bytes(signature)
        .toBytes();
  }

  /** The last moment at which it is good. */
  public Instant expires() {
    return Instant.ofEpochSecond(expiryHours * SECONDS_PER_HOUR);
  }

  /** Whether the signature is one by {@code identityKey}. */
  public boolean verify(RsaPublicKey identityKey) {
    return identityKey.verifyBare(digest(master, expiryHours), signature.toArray());
  }

  /**
   * Demands that {@code identityKey} vouches for {@code expectedMaster} now.
   *
   * @throws UntrustedCertificateException if it does not
   */
  public void check(Ed25519Identity expectedMaster, RsaPublicKey identityKey, Instant now)
      throws UntrustedCertificateException {
    if (!master.equals(expectedMaster)) {
      throw new UntrustedCertificateException("cross-certificate is for another Ed25519 key");
    }
    if (now.isAfter(expires())) {
      throw new UntrustedCertificateException("cross-certificate has expired");
    }
    if (!verify(identityKey)) {
      throw new UntrustedCertificateException("bad signature of a cross-certificate");
    }
  }

  private static byte[] digest(Ed25519Identity master, long expiryHours) {
    return Sha.sha256(PREFIX, new ByteWriter(36).bytes(master.bytes()).u32(expiryHours).toArray());
  }
}
