package org.tunic.daemon.keystore;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.daemon.keystore.PrivateFiles.Openness;

/**
 * Our keys for onion services that authorise their clients: the files NAME.auth_private of a
 * ClientOnionAuthDir, one line {@code ADDRESS:descriptor:x25519:BASE32} each.
 *
 * <p>The modes of the files do not matter, as with C tor: the directory is closed to others.
 *
 * <p>Spec: tor(1), ClientOnionAuthDir; rend-spec/client-authorization
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class ClientOnionKeys implements AutoCloseable {
  /** Files of a directory. */
  static final int MAX_FILES = 4096;

  private static final String OPTION = "ClientOnionAuthDir";
  private static final String SUFFIX = ".auth_private";

  private final Map<HsId, HsClientKeypair> keys = new HashMap<>();

  private ClientOnionKeys() {}

  /** No keys. */
  public static ClientOnionKeys none() {
    return new ClientOnionKeys();
  }

  /**
   * Loads the keys of a directory. Files that cannot be used are passed over, as C tor does; unlike
   * C tor we tell their places instead of their names, which are often those of the sites.
   *
   * @param warnings told of those files
   * @throws KeystoreException if the directory is missing or cannot be used, or two files are for
   *     one service
   */
  public static ClientOnionKeys load(Path directory, Consumer<String> warnings)
      throws KeystoreException {
    if (!Files.exists(directory)) {
      throw new KeystoreException(
          OPTION + " " + directory + " does not exist; make it, or remove the option");
    }
    PrivateFiles.directory(directory, OPTION, Openness.CLOSED, warnings);
    ClientOnionKeys loaded = new ClientOnionKeys();
    try {
      int number = 0;
      for (String name : PrivateFiles.names(directory, OPTION, MAX_FILES)) {
        number++;
        if (name.endsWith(SUFFIX) && !name.equals(SUFFIX)) {
          loaded.add(directory.resolve(name), number, warnings);
        } else {
          warnings.accept(
              "Client authorization unrecognized filename: file "
                  + number
                  + " of ClientOnionAuthDir, sorted by name, must end in .auth_private.");
        }
      }
    } catch (KeystoreException e) {
      loaded.close();
      throw e;
    }
    return loaded;
  }

  private void add(Path file, int number, Consumer<String> warnings) throws KeystoreException {
    try (SecretBytes content =
        SecretBytes.takeOwnership(PrivateFiles.readPublic(file).orElse(new byte[0]))) {
      HsClientKeypair.ForService read =
          HsClientKeypair.parsePrivateFile(
              new String(content.borrow(), StandardCharsets.ISO_8859_1));
      if (keys.putIfAbsent(read.service(), read.keypair()) != null) {
        read.close();
        throw new KeystoreException(
            file + " is for the service of another file beside it; remove one of them");
      }
    } catch (MalformedException e) {
      warnings.accept(
          "File "
              + number
              + " of ClientOnionAuthDir, sorted by name, cannot be read"
              + "; it takes one line ADDRESS:descriptor:x25519:KEY, the address without .onion");
    }
  }

  /** Our key for a service. Borrowed: it ends with this object. */
  public Optional<HsClientKeypair> keyFor(HsId service) {
    return Optional.ofNullable(keys.get(service));
  }

  /** How many there are. */
  public int size() {
    return keys.size();
  }

  /** Wipes them. */
  @Override
  public void close() {
    keys.values().forEach(HsClientKeypair::close);
  }
}
