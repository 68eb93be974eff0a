package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.daemon.config.FileProblem;
import org.tunic.daemon.keystore.PrivateFiles.Openness;

/**
 * A HiddenServiceDir as C tor lays it out:
 *
 * <pre>
 * hs_ed25519_secret_key     head, expanded secret 64
 * hs_ed25519_public_key     head, 32
 * hostname                  the onion address, and a line end
 * authorized_clients/       NAME.auth, one line {@code descriptor:x25519:BASE32} each
 * </pre>
 *
 * <p>Keys that are missing are made. A file that is damaged, or a key that others may read, is
 * refused and left as it is; C tor makes a new key in the place of a damaged one when the public
 * key is missing too, and the address is gone.
 *
 * <p>Spec: tor(1), HiddenServiceDir
 *
 * <p>Threads: any, but one directory by one thread at a time.
 */
public final class OnionKeyDirectory {
  /** Authorised clients of one service; a descriptor has no room for as many. */
  static final int MAX_CLIENTS = 512;

  private static final String OPTION = "HiddenServiceDir";
  private static final String SECRET_FILE = "hs_ed25519_secret_key";
  private static final String PUBLIC_FILE = "hs_ed25519_public_key";
  private static final String HOSTNAME_FILE = "hostname";
  private static final String CLIENTS = "authorized_clients";
  private static final String CLIENT_SUFFIX = ".auth";
  private static final String SECRET = "ed25519v1-secret";
  private static final String PUBLIC = "ed25519v1-public";
  private static final String TAG = "type0";

  private final Path directory;
  private final boolean groupReadable;

  /**
   * @param directory HiddenServiceDir, absolute
   * @param groupReadable HiddenServiceDirGroupReadable: whether the group may enter it and read
   *     {@code hostname}
   */
  public OnionKeyDirectory(Path directory, boolean groupReadable) {
    this.directory = directory;
    this.groupReadable = groupReadable;
  }

  /**
   * Checks that the directory, if there is one, is ours and closed to others, as C tor does before
   * it takes a configuration.
   *
   * @throws KeystoreException if not
   */
  public void check() throws KeystoreException {
    PrivateFiles.directoryIfPresent(directory, OPTION, new Openness(groupReadable, false), _ -> {});
  }

  /**
   * The key of the service, made if there is none; {@code hostname} is written if it says something
   * else.
   *
   * @param notices told of what was corrected
   * @return the key, for the caller to close
   * @throws KeystoreException if a file is damaged or open to others, or cannot be written
   */
  public HsIdKeypair open(SecureRandom random, Consumer<String> notices) throws KeystoreException {
    PrivateFiles.directory(directory, OPTION, new Openness(groupReadable, true), notices);
    for (String name :
        PrivateFiles.removeLeftovers(directory, Set.of(SECRET_FILE, PUBLIC_FILE, HOSTNAME_FILE))) {
      notices.accept("The writing of " + name + " of an onion service was interrupted.");
    }
    HsIdKeypair keypair = loadOrMake(random);
    try {
      checkPublicKey(keypair);
      writeHostname(keypair);
      PrivateFiles.directory(
          directory.resolve(CLIENTS), CLIENTS, new Openness(groupReadable, true), notices);
    } catch (KeystoreException e) {
      keypair.close();
      throw e;
    }
    return keypair;
  }

  private HsIdKeypair loadOrMake(SecureRandom random) throws KeystoreException {
    Path path = directory.resolve(SECRET_FILE);
    Optional<SecretBytes> content =
        TaggedFile.readSecret(path, SECRET, TAG, Ed25519Keypair.EXPANDED_LENGTH);
    if (content.isPresent()) {
      try (SecretBytes expanded = content.get()) {
        return HsIdKeypair.fromExpanded(expanded.borrow());
      } catch (MalformedException e) {
        throw PrivateFiles.damaged(path, "it holds no key");
      }
    }
    if (Files.exists(directory.resolve(PUBLIC_FILE))) {
      throw new KeystoreException(
          path
              + " is missing or empty beside its public key; copy it back, or move the public key"
              + " away to have a new address");
    }
    if (Files.exists(path)) {
      throw PrivateFiles.damaged(path, "it is empty");
    }
    HsIdKeypair made = HsIdKeypair.generate(random);
    writeSecretKey(made);
    return made;
  }

  private void writeSecretKey(HsIdKeypair keypair) throws KeystoreException {
    TaggedFile.write(
        directory.resolve(SECRET_FILE), SECRET, TAG, keypair.expandedSecret().borrow());
  }

  private void checkPublicKey(HsIdKeypair keypair) throws KeystoreException {
    Path path = directory.resolve(PUBLIC_FILE);
    Optional<byte[]> stated = TaggedFile.readPublic(path, PUBLIC, TAG, Ed25519Identity.LENGTH);
    if (stated.isEmpty()) {
      TaggedFile.write(path, PUBLIC, TAG, keypair.id().key().bytes().toArray());
    } else if (!Ed25519Identity.of(stated.get()).equals(keypair.id().key())) {
      throw new KeystoreException(
          path + " does not belong to " + SECRET_FILE + "; restore both from one backup");
    }
  }

  private void writeHostname(HsIdKeypair keypair) throws KeystoreException {
    Path path = directory.resolve(HOSTNAME_FILE);
    PrivateFiles.writeIfDifferent(
        path, (keypair.id().unredactedHost() + "\n").getBytes(StandardCharsets.US_ASCII));
    if (groupReadable) {
      PrivateFiles.letGroupRead(path);
    }
  }

  /**
   * Writes a key into a directory that must not be there yet.
   *
   * @param directory the directory to make, mode 0700
   * @throws KeystoreException if there is something of this name, or it cannot be written
   */
  public static void create(Path directory, HsIdKeypair keypair) throws KeystoreException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new KeystoreException(
          directory + " is there already and is not overwritten; name another directory");
    } catch (IOException e) {
      throw new KeystoreException(
          directory
              + " cannot be made: "
              + FileProblem.of(e)
              + "; create the directory that contains it and make it writable");
    }
    OnionKeyDirectory made = new OnionKeyDirectory(directory, false);
    made.writeSecretKey(keypair);
    made.checkPublicKey(keypair);
    made.writeHostname(keypair);
  }

  /**
   * Who may visit; empty if there are no files, which means everybody.
   *
   * @param warnings told of files that cannot be used, by their places, since their names are often
   *     those of people; like C tor's, a service goes on without them
   * @throws KeystoreException if there are files and none of them can be used. C tor lets everybody
   *     in then, which is not what whoever wrote the file wanted
   */
  public List<HsClientPublicKey> clients(Consumer<String> warnings) throws KeystoreException {
    Path folder = directory.resolve(CLIENTS);
    List<HsClientPublicKey> clients = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return clients;
    }
    boolean any = false;
    int number = 0;
    for (String name : PrivateFiles.names(folder, CLIENTS, MAX_CLIENTS)) {
      number++;
      if (!name.endsWith(CLIENT_SUFFIX) || name.equals(CLIENT_SUFFIX)) {
        warnings.accept(
            "Client authorization unrecognized filename: file "
                + number
                + " of authorized_clients, sorted by name, must end in .auth.");
        continue;
      }
      any = true;
      byte[] content = PrivateFiles.readPublic(folder.resolve(name)).orElse(new byte[0]);
      try {
        clients.add(
            HsClientPublicKey.parseAuthFile(new String(content, StandardCharsets.ISO_8859_1)));
      } catch (MalformedException e) {
        warnings.accept(
            "File "
                + number
                + " of authorized_clients, sorted by name, cannot be read"
                + "; it takes one line descriptor:x25519:KEY");
      }
    }
    if (any && clients.isEmpty()) {
      throw new KeystoreException(
          folder
              + " has no file that can be used, and without one everybody may visit; correct or"
              + " remove its files");
    }
    return clients;
  }
}
