package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The keys that relays of one operator share to prove that they are a family: C tor's files {@code
 * NAME.secret_family_key} (head, expanded secret 64) and {@code NAME.public_family_id} (one line).
 *
 * <p>Spec: dir-spec/server-descriptor-format, item "family-cert"
 *
 * <p>Threads: made, read and closed by one thread; the keys sign on any.
 */
public final class FamilyKeys implements AutoCloseable {
  private static final String SUFFIX = ".secret_family_key";
  private static final String PUBLIC_SUFFIX = ".public_family_id";
  private static final String TYPE = "ed25519v1-secret";
  private static final String TAG = "fmly-id";

  /** Files looked at in one directory. */
  static final int MAX_KEYS = 64;

  private final List<Ed25519Keypair> keys;

  private FamilyKeys(List<Ed25519Keypair> keys) {
    this.keys = keys;
  }

  /**
   * Loads the keys of a directory.
   *
   * @param wanted whose keys; each must be there
   * @param all whether those that are not in {@code wanted} count too; otherwise they are named in
   *     a warning
   * @throws KeystoreException if a key is missing, or a file is damaged or others may read it
   */
  public static FamilyKeys load(
      Path directory, List<Ed25519Identity> wanted, boolean all, Consumer<String> warnings)
      throws KeystoreException {
    List<Ed25519Keypair> loaded = new ArrayList<>();
    FamilyKeys keys = new FamilyKeys(loaded);
    if (wanted.isEmpty() && !all) {
      return keys;
    }
    try {
      for (Path file : files(directory)) {
        Ed25519Keypair key = read(file);
        if (all || wanted.contains(key.identity())) {
          loaded.add(key);
        } else {
          warnings.accept(file + " holds the key of a family that no FamilyId names.");
          key.close();
        }
      }
      for (Ed25519Identity id : wanted) {
        if (loaded.stream().noneMatch(key -> key.identity().equals(id))) {
          throw new KeystoreException(
              "No key was found for FamilyId "
                  + id.base64()
                  + " in "
                  + directory
                  + "; copy its .secret_family_key file there or remove the line");
        }
      }
    } catch (KeystoreException e) {
      keys.close();
      throw e;
    }
    return keys;
  }

  private static List<Path> files(Path directory) throws KeystoreException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
              .sorted()
              .limit(MAX_KEYS + 1L)
              .toList();
      if (found.size() > MAX_KEYS) {
        throw new KeystoreException(
            directory + " has more than " + MAX_KEYS + " family keys; move some elsewhere");
      }
      return found;
    } catch (IOException e) {
      throw new KeystoreException(
          directory + " cannot be listed; check FamilyKeyDirectory and its permissions");
    }
  }

  private static Ed25519Keypair read(Path file) throws KeystoreException {
    try (SecretBytes expanded =
        TaggedFile.readSecret(file, TYPE, TAG, Ed25519Keypair.EXPANDED_LENGTH)
            .orElseThrow(() -> PrivateFiles.damaged(file, "it is empty"))) {
      return Ed25519Keypair.fromExpanded(expanded.borrow());
    } catch (MalformedException e) {
      throw PrivateFiles.damaged(file, "it holds no key");
    }
  }

  /**
   * Makes the key of a new family and both files of it, in place of earlier ones.
   *
   * @param base path without the suffixes
   * @return the family's identifier, for FamilyId
   */
  public static Ed25519Identity generate(Path base, SecureRandom random) throws KeystoreException {
    try (Ed25519Keypair key = Ed25519Keypair.generate(random);
        SecretBytes expanded = key.expandedSecret()) {
      Path secret = base.resolveSibling(base.getFileName() + SUFFIX);
      TaggedFile.write(secret, TYPE, TAG, expanded.borrow());
      PrivateFiles.write(
          base.resolveSibling(base.getFileName() + PUBLIC_SUFFIX),
          (key.identity().base64() + "\n").getBytes(StandardCharsets.US_ASCII));
      return key.identity();
    }
  }

  /** The keys, to sign with. */
  public List<Ed25519Keypair> keys() {
    return List.copyOf(keys);
  }

  /** Wipes them. */
  @Override
  public void close() {
    keys.forEach(Ed25519Keypair::close);
  }
}
