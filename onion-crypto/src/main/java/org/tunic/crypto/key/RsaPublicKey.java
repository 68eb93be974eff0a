package org.tunic.crypto.key;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.secret.ConstantTime;

/**
 * An RSA public key in the form Tor names and prints it: the PKCS#1 {@code RSAPublicKey}, never a
 * SubjectPublicKeyInfo.
 *
 * <p>The modulus has 1024 to 4096 bits and the exponent is 65537; anything else does not parse.
 * Which exact size a place demands (1024 bits for relay identity and onion keys) is the document's
 * business.
 *
 * <p>Spec: tor-spec/preliminaries#ciphers, tor-spec/relay-keys#rsa-keys
 *
 * <p>Threads: immutable.
 */
public final class RsaPublicKey {
  /** Least size of a modulus in bits. */
  public static final int MIN_BITS = 1024;

  /** Greatest size of a modulus in bits: what a signature check may cost us is bounded by it. */
  public static final int MAX_BITS = 4096;

  /** Greatest length of the DER of such a key in bytes. */
  private static final int MAX_DER_LENGTH = MAX_BITS / 8 + 32;

  private static final String PEM_LABEL = "RSA PUBLIC KEY";
  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private final Bytes pkcs1Der;
  private final BigInteger modulus;

  private RsaPublicKey(Bytes pkcs1Der, BigInteger modulus) {
    this.pkcs1Der = pkcs1Der;
    this.modulus = modulus;
  }

  static RsaPublicKey ofModulus(BigInteger modulus) {
    try {
      byte[] der =
          new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, EXPONENT)
              .getEncoded(ASN1Encoding.DER);
      return new RsaPublicKey(Bytes.copyOf(der), modulus);
    } catch (IOException e) {
      throw new IllegalStateException("two integers can be encoded", e);
    }
  }

  /**
   * Reads the DER of a PKCS#1 public key.
   *
   * @throws MalformedException if it is not canonical DER of such a key, or its modulus or exponent
   *     is not one this class accepts
   */
  public static RsaPublicKey parsePkcs1Der(byte[] der) throws MalformedException {
    if (der.length > MAX_DER_LENGTH) {
      throw new MalformedException("RSA key too long");
    }
    org.bouncycastle.asn1.pkcs.RSAPublicKey parsed;
    try {
      parsed = org.bouncycastle.asn1.pkcs.RSAPublicKey.getInstance(der);
    } catch (RuntimeException e) {
      // Bouncy Castle's parser has no closed set of exceptions for bad input.
      throw new MalformedException("not a PKCS#1 public key");
    }
    RsaPublicKey key = ofChecked(parsed.getModulus(), parsed.getPublicExponent());
    if (!ConstantTime.equals(key.pkcs1Der.toArray(), der)) {
      throw new MalformedException("RSA key is not canonical DER");
    }
    return key;
  }

  /** Reads a key of the JDK, such as that of a certificate. */
  public static RsaPublicKey of(RSAPublicKey key) throws MalformedException {
    return ofChecked(key.getModulus(), key.getPublicExponent());
  }

  static RsaPublicKey ofChecked(BigInteger modulus, BigInteger exponent) throws MalformedException {
    if (modulus.signum() <= 0
        || modulus.bitLength() < MIN_BITS
        || modulus.bitLength() > MAX_BITS
        || !modulus.testBit(0)) {
      throw new MalformedException("RSA modulus out of range");
    }
    if (!exponent.equals(EXPONENT)) {
      throw new MalformedException("RSA exponent is not 65537");
    }
    return ofModulus(modulus);
  }

  /**
   * Reads one PEM object {@code RSA PUBLIC KEY}.
   *
   * @throws MalformedException as {@link #parsePkcs1Der}, and if the text is no such object
   */
  public static RsaPublicKey parsePem(String pem) throws MalformedException {
    return parsePkcs1Der(Pem.decode(pem, PEM_LABEL));
  }

  /** The canonical DER of the PKCS#1 {@code RSAPublicKey}. */
  public Bytes pkcs1Der() {
    return pkcs1Der;
  }

  /** The PEM object {@code RSA PUBLIC KEY}, lines of 64 characters, a newline at the end. */
  public String toPem() {
    return Pem.encode(PEM_LABEL, pkcs1Der.toArray());
  }

  /** The modulus; the exponent is 65537. */
  public BigInteger modulus() {
    return modulus;
  }

  /** Size of the modulus in bits. */
  public int bits() {
    return modulus.bitLength();
  }

  /** SHA-1 of the PKCS#1 DER: the identity of a relay or authority that has this key. */
  public RsaIdentity identity() {
    return RsaIdentity.of(Sha.sha1(pkcs1Der.toArray()));
  }

  /** SHA-256 of the PKCS#1 DER: CID and SID of AUTHENTICATE. */
  public Bytes sha256() {
    return Bytes.copyOf(Sha.sha256(pkcs1Der.toArray()));
  }

  /**
   * Whether {@code signature} is PKCS#1 type 1 padding around the bare {@code digest}, without the
   * DigestInfo that X.509 and everybody else puts there.
   *
   * <p>The expected block is built and compared as a whole, so there is no padding to be parsed
   * wrongly.
   */
  public boolean verifyBare(byte[] digest, byte[] signature) {
    int length = (bits() + 7) / 8;
    if (signature.length != length || digest.length > length - 11) {
      return false;
    }
    BigInteger s = new BigInteger(1, signature);
    if (s.compareTo(modulus) >= 0) {
      return false;
    }
    byte[] expected = new byte[length];
    expected[1] = 1;
    Arrays.fill(expected, 2, length - digest.length - 1, (byte) 0xff);
    System.arraycopy(digest, 0, expected, length - digest.length, digest.length);
    return s.modPow(EXPONENT, modulus).equals(new BigInteger(1, expected));
  }

  /** The same key as one of the JDK. */
  public RSAPublicKey jdkKey() {
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, EXPONENT));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK knows RSA", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RsaPublicKey that && pkcs1Der.equals(that.pkcs1Der);
  }

  @Override
  public int hashCode() {
    return pkcs1Der.hashCode();
  }

  /** The size only. */
  @Override
  public String toString() {
    return "RsaPublicKey[" + bits() + " bits]";
  }
}
