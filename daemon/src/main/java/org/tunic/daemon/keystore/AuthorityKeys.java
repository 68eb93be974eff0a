package org.tunic.daemon.keystore;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * What an authority votes with: the signing key and the key certificate, as tor-gencert writes them
 * to {@code authority_signing_key} and {@code authority_certificate}. The identity key is not
 * needed to vote, and rather kept elsewhere.
 *
 * <p>Spec: dir-spec/creating-key-certificates
 *
 * <p>Threads: immutable.
 */
public final class AuthorityKeys {
  private static final String SIGNING_KEY = "authority_signing_key";
  private static final String IDENTITY_KEY = "authority_identity_key";
  private static final String CERTIFICATE = "authority_certificate";
  private static final int SIGNING_BITS = 2048;

  private final RsaSecretKey signingKey;
  private final KeyCertificate certificate;

  private AuthorityKeys(RsaSecretKey signingKey, KeyCertificate certificate) {
    this.signingKey = signingKey;
    this.certificate = certificate;
  }

  /**
   * Loads both.
   *
   * @param directory the KeyDirectory
   * @throws KeystoreException if one is missing or damaged, they do not belong together, or the
   *     certificate has expired
   */
  public static AuthorityKeys load(Path directory, Instant now) throws KeystoreException {
    Path keyPath = directory.resolve(SIGNING_KEY);
    Path certificatePath = directory.resolve(CERTIFICATE);
    Optional<SecretBytes> key = PrivateFiles.readSecret(keyPath);
    if (key.isEmpty()) {
      throw missing(keyPath);
    }
    RsaSecretKey signingKey = PemKeys.read(keyPath, key.get(), 0);
    byte[] text =
        PrivateFiles.readPublic(certificatePath).orElseThrow(() -> missing(certificatePath));
    KeyCertificate certificate;
    try {
      certificate = KeyCertificate.parse(NetdocText.of(text));
    } catch (DocumentSyntaxException e) {
      throw PrivateFiles.damaged(certificatePath, String.valueOf(e.getMessage()));
    }
    if (!certificate.signingKey().equals(signingKey.publicKey())) {
      throw new KeystoreException(
          certificatePath
              + " does not belong to "
              + SIGNING_KEY
              + "; copy both from the same run of tor-gencert");
    }
    if (!certificate.isValid(now)) {
      throw new KeystoreException(
          certificatePath + " has expired; make a new one with tor-gencert and its identity key");
    }
    return new AuthorityKeys(signingKey, certificate);
  }

  /**
   * Makes an identity key, a signing key and a certificate, and writes all three; the identity key
   * without a passphrase, for networks made by program. Files that exist are overwritten.
   *
   * @param directory the KeyDirectory, which must exist
   * @param address the authority's DirPort, numeric
   * @param identityBits size of the identity key; tor-gencert takes 3072
   * @param months for which the certificate is good
   */
  public static AuthorityKeys create(
      Path directory,
      RelayAddress address,
      int identityBits,
      int months,
      Instant now,
      SecureRandom random)
      throws KeystoreException {
    RsaSecretKey identityKey = RsaSecretKey.generate(identityBits, random);
    RsaSecretKey signingKey = RsaSecretKey.generate(SIGNING_BITS, random);
    Instant published = now.truncatedTo(ChronoUnit.SECONDS);
    KeyCertificate certificate =
        KeyCertificate.create(
            identityKey,
            signingKey,
            address,
            published,
            published.plus(31L * months, ChronoUnit.DAYS));
    writePem(directory.resolve(IDENTITY_KEY), identityKey);
    writePem(directory.resolve(SIGNING_KEY), signingKey);
    PrivateFiles.write(directory.resolve(CERTIFICATE), certificate.text().bytes());
    return new AuthorityKeys(signingKey, certificate);
  }

  private static void writePem(Path path, RsaSecretKey key) throws KeystoreException {
    byte[] pem = key.toPem().getBytes(StandardCharsets.US_ASCII);
    try {
      PrivateFiles.write(path, pem);
    } finally {
      SecretBytes.wipe(pem);
    }
  }

  private static KeystoreException missing(Path path) {
    return new KeystoreException(
        path
            + " is missing, and an authority cannot vote without it; run tor-gencert in "
            + path.getParent());
  }

  /** The key that signs votes and consensuses. */
  public RsaSecretKey signingKey() {
    return signingKey;
  }

  /** The certificate that goes into every vote. */
  public KeyCertificate certificate() {
    return certificate;
  }
}
