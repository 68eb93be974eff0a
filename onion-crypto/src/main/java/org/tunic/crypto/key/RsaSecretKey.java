package org.tunic.crypto.key;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.secret.SecretBytes;

/**
 * An RSA key that signs: a relay's identity or TAP onion key (1024 bits), an authority's identity
 * or signing key (2048, 3072), the link key of TLS (2048).
 *
 * <p>The numbers live in the JDK's key objects, which cannot be wiped; there is nothing to close.
 *
 * <p>Spec: tor-spec/preliminaries#ciphers
 *
 * <p>Threads: immutable.
 */
public final class RsaSecretKey {
  private static final String PKCS1_LABEL = "RSA PRIVATE KEY";
  private static final String PKCS8_LABEL = "PRIVATE KEY";

  private final RSAPrivateCrtKey key;
  private final RsaPublicKey publicKey;

  private RsaSecretKey(RSAPrivateCrtKey key, RsaPublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /**
   * A new key with exponent 65537.
   *
   * @param bits size of the modulus, 1024 to 4096; 1024 takes some 10 ms, 2048 some 50 ms
   */
  public static RsaSecretKey generate(int bits, SecureRandom random) {
    if (bits < RsaPublicKey.MIN_BITS || bits > RsaPublicKey.MAX_BITS) {
      throw new IllegalArgumentException("RSA key size out of range");
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
      RSAPrivateCrtKey key = (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
      return new RsaSecretKey(key, RsaPublicKey.ofModulus(key.getModulus()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK makes RSA keys", e);
    }
  }

  /**
   * Reads one unencrypted PEM object: {@code RSA PRIVATE KEY} (PKCS#1, what C tor and tor-gencert
   * write) or {@code PRIVATE KEY} (PKCS#8).
   *
   * @throws MalformedException if the text is no such object, the numbers do not fit each other, or
   *     the public half is none that {@link RsaPublicKey} accepts
   */
  public static RsaSecretKey parsePem(String pem) throws MalformedException {
    boolean pkcs8 = Pem.hasLabel(pem, PKCS8_LABEL);
    byte[] der = Pem.decode(pem, pkcs8 ? PKCS8_LABEL : PKCS1_LABEL);
    try {
      return ofPkcs1(
          pkcs8
              ? RSAPrivateKey.getInstance(PrivateKeyInfo.getInstance(der).parsePrivateKey())
              : RSAPrivateKey.getInstance(der));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Bouncy Castle has no closed set of exceptions for bad input.
      throw new MalformedException("not an RSA private key");
    } finally {
      SecretBytes.wipe(der);
    }
  }

  private static RsaSecretKey ofPkcs1(RSAPrivateKey k)
      throws MalformedException, GeneralSecurityException {
    RsaPublicKey publicKey = RsaPublicKey.ofChecked(k.getModulus(), k.getPublicExponent());
    BigInteger p = k.getPrime1();
    BigInteger q = k.getPrime2();
    if (p.signum() <= 0 || q.signum() <= 0 || !p.multiply(q).equals(k.getModulus())) {
      throw new MalformedException("RSA primes do not fit the modulus");
    }
    RSAPrivateCrtKey key =
        (RSAPrivateCrtKey)
            KeyFactory.getInstance("RSA")
                .generatePrivate(
                    new RSAPrivateCrtKeySpec(
                        k.getModulus(),
                        k.getPublicExponent(),
                        k.getPrivateExponent(),
                        p,
                        q,
                        k.getExponent1(),
                        k.getExponent2(),
                        k.getCoefficient()));
    return new RsaSecretKey(key, publicKey);
  }

  /** The PEM object {@code RSA PRIVATE KEY} (PKCS#1) for the keystore to write: a secret. */
  public String toPem() {
    byte[] der;
    try {
      der =
          new RSAPrivateKey(
                  key.getModulus(),
                  key.getPublicExponent(),
                  key.getPrivateExponent(),
                  key.getPrimeP(),
                  key.getPrimeQ(),
                  key.getPrimeExponentP(),
                  key.getPrimeExponentQ(),
                  key.getCrtCoefficient())
              .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("integers can be encoded", e);
    }
    try {
      return Pem.encode(PKCS1_LABEL, der);
    } finally {
      SecretBytes.wipe(der);
    }
  }

  /** The public half. */
  public RsaPublicKey publicKey() {
    return publicKey;
  }

  /** The same key as one of the JDK: for TLS contexts and X.509 signatures. */
  public RSAPrivateCrtKey jdkKey() {
    return key;
  }

  /**
   * Signs a digest as Tor does: PKCS#1 type 1 padding around the bare {@code digest} (20 or 32
   * bytes), no DigestInfo. The result has the length of the modulus.
   */
  public byte[] signBare(byte[] digest) {
    try {
      // "Encryption" with a private key is PKCS#1 block type 1; the JDK blinds and checks the
      // result.
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return cipher.doFinal(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("RSA signature failed", e);
    }
  }
}
