package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.cert.UntrustedCertificateException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.daemon.config.Config.KeyLifetimes;
import org.tunic.daemon.config.FileProblem;
import org.tunic.daemon.keystore.RelayKeys.MediumTermKeys;
import org.tunic.daemon.keystore.RelayKeys.OnionKeys;

/**
 * The keys of a relay on disk, in the KeyDirectory:
 *
 * <pre>
 * secret_id_key                           RSA identity key, 1024 bits, PEM
 * secret_onion_key, .old                  TAP onion key, the same
 * secret_onion_key_ntor, .old             curve25519: head, secret 32, public 32
 * ed25519_master_id_secret_key            head, expanded secret 64; may be kept elsewhere
 * ed25519_master_id_public_key            head, 32
 * ed25519_signing_secret_key              head, expanded secret 64
 * ed25519_signing_cert                    head, certificate type 4
 * </pre>
 *
 * <p>What is missing is made, with one exception: where a signing key is, there was a master key,
 * so that one is never made anew beside it. The master secret is loaded only to certify a signing
 * key and wiped at once.
 *
 * <p>Spec: tor-spec/relay-keys; C tor {@code routerkeys.c} for the files
 *
 * <p>Threads: one at a time, but for {@link #keys}, which any may ask.
 */
public final class RelayKeystore {
  private static final int RSA_BITS = 1024;
  private static final String SECRET = "ed25519v1-secret";
  private static final String PUBLIC = "ed25519v1-public";
  private static final String CERT = "ed25519v1-cert";
  private static final String MASTER_TAG = "type0";
  private static final String SIGNING_TAG = "type4";
  private static final String CURVE = "c25519v1";
  private static final String ONION_TAG = "onion";

  private static final Set<String> FILES =
      Set.of(
          "secret_id_key",
          "secret_onion_key",
          "secret_onion_key_ntor",
          "ed25519_master_id_secret_key",
          "ed25519_master_id_public_key",
          "ed25519_signing_secret_key",
          "ed25519_signing_cert");

  private final Path directory;
  private final KeyLifetimes lifetimes;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Consumer<String> notices;
  private volatile RelayKeys keys;

  private RelayKeystore(
      Path directory,
      KeyLifetimes lifetimes,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> notices)
      throws KeystoreException {
    this.directory = directory;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.random = random;
    this.notices = notices;
    for (String name : PrivateFiles.removeLeftovers(directory, FILES)) {
      notices.accept(
          "Writing the key file "
              + name
              + " was interrupted the last time; what it was before is in force.");
    }
    RsaSecretKey identityKey = rsaKey("secret_id_key");
    this.keys = new RelayKeys(identityKey, mediumTermKeys(), onionKeys());
  }

  /**
   * Loads all keys, and makes those that are missing.
   *
   * @param directory the KeyDirectory, which must exist
   * @param notices told what was made and what should be looked at
   * @throws KeystoreException if a file is damaged, readable by others or cannot be written;
   *     nothing was overwritten then
   */
  public static RelayKeystore open(
      Path directory,
      KeyLifetimes lifetimes,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> notices)
      throws KeystoreException {
    return new RelayKeystore(directory, lifetimes, clock, random, notices);
  }

  /**
   * Makes or renews the Ed25519 keys alone, as {@code --keygen} does: a master key if there is
   * none, and a new signing key in any case.
   */
  public static Ed25519Identity generate(
      Path directory, KeyLifetimes lifetimes, InstantSource clock, SecureRandom random)
      throws KeystoreException {
    Optional<SecretBytes> signing =
        TaggedFile.readSecret(
            directory.resolve("ed25519_signing_secret_key"),
            SECRET,
            SIGNING_TAG,
            Ed25519Keypair.EXPANDED_LENGTH);
    signing.ifPresent(SecretBytes::close);
    MasterKey master = new MasterKey(directory);
    if (signing.isEmpty() && master.isMissing()) {
      master.create(random);
    }
    try (Ed25519Keypair secret = master.secret()) {
      newSigningKey(directory, secret, clock.instant().plus(lifetimes.signingKey()), random)
          .signingKey()
          .close();
      return secret.identity();
    }
  }

  /**
   * Who the relay is, from the files alone: nothing is made or renewed, so that it may be asked
   * while the relay runs.
   *
   * @throws KeystoreException if a file is missing or damaged
   */
  public static RelayIds identities(Path directory) throws KeystoreException {
    Path path = directory.resolve("secret_id_key");
    Optional<SecretBytes> content = PrivateFiles.readSecret(path);
    MasterKey master = new MasterKey(directory);
    if (content.isEmpty() || master.isMissing()) {
      content.ifPresent(SecretBytes::close);
      throw new KeystoreException(
          "there are no identity keys in " + directory + " yet; start the relay");
    }
    RsaSecretKey identityKey = PemKeys.read(path, content.get(), RSA_BITS);
    return new RelayIds(identityKey.publicKey().identity(), master.identity());
  }

  /** The keys as they are now. */
  public RelayKeys keys() {
    return keys;
  }

  /** When {@link #renewSigningKey} becomes due. */
  public Instant signingKeyRenewalTime() {
    return keys.signingCertificate().expires().minus(lifetimes.signingKeySlop());
  }

  /** When the onion keys were made, as far as the file says; never in the future. */
  public Instant onionKeysSince() throws KeystoreException {
    Path file = directory.resolve("secret_onion_key_ntor");
    try {
      Instant made = Files.getLastModifiedTime(file).toInstant();
      Instant now = clock.instant();
      return made.isAfter(now) ? now : made;
    } catch (IOException e) {
      throw new KeystoreException(
          file + " cannot be read: " + FileProblem.of(e) + "; correct its owner or permissions");
    }
  }

  /**
   * Makes a new signing key and certificate; call when {@link #signingKeyRenewalTime} has come.
   *
   * @throws KeystoreException if the master secret key is not at hand
   */
  public RelayKeys renewSigningKey() throws KeystoreException {
    keys = new RelayKeys(keys.identityKey(), mediumTermKeys(), keys.onionKeys());
    return keys;
  }

  /** Makes new onion keys; the present ones become the previous ones. */
  public RelayKeys rotateOnionKeys() throws KeystoreException {
    for (String name : new String[] {"secret_onion_key", "secret_onion_key_ntor"}) {
      PrivateFiles.rename(directory.resolve(name), directory.resolve(name + ".old"));
    }
    OnionKeys fresh =
        new OnionKeys(
            rsaKey("secret_onion_key"),
            ntorKey("secret_onion_key_ntor"),
            Optional.of(keys.ntorOnionKey()));
    keys =
        new RelayKeys(
            keys.identityKey(),
            new MediumTermKeys(keys.masterIdentity(), keys.signingKey(), keys.signingCertificate()),
            fresh);
    return keys;
  }

  /**
   * Ends the time in which the onion keys before the present ones are good for handshakes.
   *
   * @return whether there were any
   */
  public boolean forgetPreviousOnionKeys() throws KeystoreException {
    OnionKeys present = keys.onionKeys();
    for (String name : new String[] {"secret_onion_key.old", "secret_onion_key_ntor.old"}) {
      PrivateFiles.delete(directory.resolve(name));
    }
    if (present.previousNtor().isEmpty()) {
      return false;
    }
    keys =
        new RelayKeys(
            keys.identityKey(),
            new MediumTermKeys(keys.masterIdentity(), keys.signingKey(), keys.signingCertificate()),
            new OnionKeys(present.tap(), present.ntor(), Optional.empty()));
    return true;
  }

  private RsaSecretKey rsaKey(String name) throws KeystoreException {
    Path path = directory.resolve(name);
    Optional<SecretBytes> content = PrivateFiles.readSecret(path);
    if (content.isEmpty()) {
      RsaSecretKey made = RsaSecretKey.generate(RSA_BITS, random);
      byte[] pem = made.toPem().getBytes(StandardCharsets.US_ASCII);
      try {
        PrivateFiles.write(path, pem);
      } finally {
        SecretBytes.wipe(pem);
      }
      return made;
    }
    return PemKeys.read(path, content.get(), RSA_BITS);
  }

  private OnionKeys onionKeys() throws KeystoreException {
    if (isMovedAway("secret_onion_key") || isMovedAway("secret_onion_key_ntor")) {
      notices.accept(
          "The rotation of the onion keys was interrupted; new ones are made now, and the ntor key"
              + " before them stays good for handshakes.");
    }
    return new OnionKeys(
        rsaKey("secret_onion_key"),
        ntorKey("secret_onion_key_ntor"),
        readNtorKey(directory.resolve("secret_onion_key_ntor.old")));
  }

  private boolean isMovedAway(String name) {
    return !Files.exists(directory.resolve(name)) && Files.exists(directory.resolve(name + ".old"));
  }

  private NtorOnionKeypair ntorKey(String name) throws KeystoreException {
    Path path = directory.resolve(name);
    Optional<NtorOnionKeypair> present = readNtorKey(path);
    if (present.isPresent()) {
      return present.get();
    }
    NtorOnionKeypair made = NtorOnionKeypair.generate(random);
    TaggedFile.write(
        path, CURVE, ONION_TAG, made.secret().borrow(), made.publicKey().bytes().toArray());
    return made;
  }

  private static Optional<NtorOnionKeypair> readNtorKey(Path path) throws KeystoreException {
    int half = NtorOnionKeypair.SECRET_LENGTH;
    Optional<SecretBytes> content = TaggedFile.readSecret(path, CURVE, ONION_TAG, 2 * half);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (SecretBytes both = content.get();
        SecretBytes secret = SecretBytes.copyOf(both.borrow(), 0, half);
        SecretBytes publicHalf = SecretBytes.copyOf(both.borrow(), half, half)) {
      NtorOnionKeypair keypair = NtorOnionKeypair.fromSecret(secret.borrow());
      if (!publicHalf.constantTimeEquals(keypair.publicKey().bytes().toArray())) {
        keypair.close();
        throw PrivateFiles.damaged(path, "its two halves do not belong together");
      }
      return Optional.of(keypair);
    } catch (MalformedException e) {
      throw PrivateFiles.damaged(path, "it holds no key");
    }
  }

  private MediumTermKeys mediumTermKeys() throws KeystoreException {
    Instant now = clock.instant();
    Optional<Ed25519Keypair> signing = readSigningKey();
    Optional<Ed25519Certificate> certificate =
        signing.isEmpty() ? Optional.empty() : readSigningCertificate(signing.get());
    boolean usable = certificate.isPresent() && !certificate.get().isExpired(now);
    boolean fresh =
        usable && certificate.get().expires().minus(lifetimes.signingKeySlop()).isAfter(now);

    MasterKey master = new MasterKey(directory);
    if (master.isMissing()) {
      if (certificate.isPresent()) {
        master.writePublic(certificate.get().namedSigner().orElseThrow());
        notices.accept("Took the Ed25519 master identity from the signing certificate.");
      } else if (lifetimes.offlineMaster() || signing.isPresent()) {
        throw new KeystoreException(
            directory.resolve("ed25519_master_id_secret_key")
                + " is missing, and no new one may be made; copy the key back, or run --keygen"
                + " where it is kept");
      } else {
        master.create(random);
      }
    }
    Ed25519Identity identity = master.identity();
    if (certificate.isPresent()) {
      checkSigner(certificate.get(), identity);
    }
    if (!fresh && master.hasSecret() && !lifetimes.offlineMaster()) {
      signing.ifPresent(Ed25519Keypair::close);
      try (Ed25519Keypair secret = master.secret()) {
        return newSigningKey(directory, secret, now.plus(lifetimes.signingKey()), random);
      }
    }
    if (!usable) {
      throw new KeystoreException(
          (signing.isEmpty()
                  ? "There is no Ed25519 signing key"
                  : "The certificate of the Ed25519 signing key has expired or is missing")
              + " and the master secret key is not in "
              + directory
              + "; run --keygen where it is kept and copy the ed25519_signing files here");
    }
    if (!fresh) {
      notices.accept(
          "The Ed25519 signing key expires soon and the master secret key is not at hand: run"
              + " --keygen where it is kept.");
    }
    return new MediumTermKeys(identity, signing.orElseThrow(), certificate.orElseThrow());
  }

  private void checkSigner(Ed25519Certificate certificate, Ed25519Identity master)
      throws KeystoreException {
    try {
      // The time was looked at before; here only the signature and the signer count.
      certificate.check(CertificateType.SIGNING, master, Instant.EPOCH);
    } catch (UntrustedCertificateException e) {
      throw PrivateFiles.damaged(
          directory.resolve("ed25519_signing_cert"), "the master identity key did not sign it");
    }
  }

  private Optional<Ed25519Keypair> readSigningKey() throws KeystoreException {
    return MasterKey.readExpanded(
        directory.resolve("ed25519_signing_secret_key"), SECRET, SIGNING_TAG);
  }

  private Optional<Ed25519Certificate> readSigningCertificate(Ed25519Keypair signing)
      throws KeystoreException {
    Path path = directory.resolve("ed25519_signing_cert");
    Optional<byte[]> content = TaggedFile.readPublic(path, CERT, SIGNING_TAG, -1);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    Ed25519Certificate certificate;
    try {
      certificate = Ed25519Certificate.parse(content.get());
    } catch (MalformedException e) {
      throw PrivateFiles.damaged(path, "it holds no certificate");
    }
    if (certificate.namedSigner().isEmpty()
        || !certificate.type().equals(CertificateType.SIGNING)) {
      throw PrivateFiles.damaged(path, "it is not the certificate of a signing key");
    }
    if (!certificate.certifiedEd25519().equals(signing.identity())) {
      throw PrivateFiles.damaged(path, "it is for another key than ed25519_signing_secret_key");
    }
    return Optional.of(certificate);
  }

  private static MediumTermKeys newSigningKey(
      Path directory, Ed25519Keypair master, Instant expires, SecureRandom random)
      throws KeystoreException {
    Ed25519Keypair signing = Ed25519Keypair.generate(random);
    Ed25519Certificate certificate =
        Ed25519Certificate.certify(
            CertificateType.SIGNING, expires, signing.identity(), master, true);
    // A crash in between leaves a certificate that fits no key; so the old one goes first, for
    // good, and a missing certificate only means that it is made anew.
    Path certificatePath = directory.resolve("ed25519_signing_cert");
    PrivateFiles.delete(certificatePath);
    TaggedFile.write(
        directory.resolve("ed25519_signing_secret_key"),
        SECRET,
        SIGNING_TAG,
        signing.expandedSecret().borrow());
    TaggedFile.write(certificatePath, CERT, SIGNING_TAG, certificate.encoded().toArray());
    return new MediumTermKeys(master.identity(), signing, certificate);
  }

  /** The master identity key, whose secret half may be missing or elsewhere. */
  private static final class MasterKey {
    private final Path secretPath;
    private final Path publicPath;
    private final Path encryptedPath;

    MasterKey(Path directory) {
      this.secretPath = directory.resolve("ed25519_master_id_secret_key");
      this.publicPath = directory.resolve("ed25519_master_id_public_key");
      this.encryptedPath = directory.resolve("ed25519_master_id_secret_key_encrypted");
    }

    boolean hasSecret() {
      return Files.exists(secretPath);
    }

    boolean isMissing() throws KeystoreException {
      boolean missing = !hasSecret() && !Files.exists(publicPath);
      if (missing && Files.exists(encryptedPath)) {
        throw new KeystoreException(
            encryptedPath
                + " is encrypted and there is no ed25519_master_id_public_key; restore that file");
      }
      return missing;
    }

    void create(SecureRandom random) throws KeystoreException {
      try (Ed25519Keypair made = Ed25519Keypair.generate(random)) {
        TaggedFile.write(secretPath, SECRET, MASTER_TAG, made.expandedSecret().borrow());
        writePublic(made.identity());
      }
    }

    void writePublic(Ed25519Identity identity) throws KeystoreException {
      TaggedFile.write(publicPath, PUBLIC, MASTER_TAG, identity.bytes().toArray());
    }

    /** The public half, from its own file or, if that is missing, from the secret. */
    Ed25519Identity identity() throws KeystoreException {
      Optional<byte[]> content =
          TaggedFile.readPublic(publicPath, PUBLIC, MASTER_TAG, Ed25519Identity.LENGTH);
      Optional<Ed25519Identity> stated = content.map(Ed25519Identity::of);
      if (!hasSecret()) {
        return stated.orElseThrow(() -> PrivateFiles.damaged(publicPath, "it is empty"));
      }
      try (Ed25519Keypair secret = secret()) {
        if (stated.isEmpty()) {
          writePublic(secret.identity());
        } else if (!stated.get().equals(secret.identity())) {
          throw new KeystoreException(
              publicPath
                  + " does not belong to "
                  + secretPath.getFileName()
                  + "; restore both from one backup, or move away the one that is wrong");
        }
        return secret.identity();
      }
    }

    Ed25519Keypair secret() throws KeystoreException {
      Optional<Ed25519Keypair> secret = readExpanded(secretPath, SECRET, MASTER_TAG);
      if (secret.isPresent()) {
        return secret.get();
      }
      if (Files.exists(encryptedPath)) {
        throw new KeystoreException(
            encryptedPath
                + " has a passphrase, which this version does not support; run tor --keygen to"
                + " make a new signing key");
      }
      throw new KeystoreException(
          secretPath + " is missing or empty; copy the master secret key there");
    }

    static Optional<Ed25519Keypair> readExpanded(Path path, String type, String tag)
        throws KeystoreException {
      Optional<SecretBytes> content =
          TaggedFile.readSecret(path, type, tag, Ed25519Keypair.EXPANDED_LENGTH);
      if (content.isEmpty()) {
        return Optional.empty();
      }
      try (SecretBytes expanded = content.get()) {
        return Optional.of(Ed25519Keypair.fromExpanded(expanded.borrow()));
      } catch (MalformedException e) {
        throw PrivateFiles.damaged(path, "it holds no key");
      }
    }
  }
}
