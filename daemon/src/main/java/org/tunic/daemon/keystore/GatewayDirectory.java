package org.tunic.daemon.keystore;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.crypto.secret.SecretBytes;

/**
 * What a gateway keeps:
 *
 * <pre>
 * secret        head, 32 bytes, from which the onion keys of all torrents are derived
 * tracker-url   the URL that clients use, with its token, and a line end
 * </pre>
 *
 * <p>A secret that is missing is made; one that is damaged or open to others is refused.
 *
 * <p>Threads: any, but one directory by one thread at a time.
 */
public final class GatewayDirectory {
  private static final String NAME = "the gateway's directory";
  private static final String SECRET_FILE = "secret";
  private static final String URL_FILE = "tracker-url";
  private static final String TYPE = "gateway1-secret";
  private static final String TAG = "type0";

  private final Path directory;

  /**
   * @param directory absolute; made if it is missing
   */
  public GatewayDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * The secret, made if there is none.
   *
   * @param length bytes
   * @param notices told of what was corrected
   * @return for the caller to close
   * @throws KeystoreException if a file is damaged or open to others, or cannot be written
   */
  public SecretBytes open(int length, SecureRandom random, Consumer<String> notices)
      throws KeystoreException {
    PrivateFiles.directory(directory, NAME, notices);
    for (String name : PrivateFiles.removeLeftovers(directory, Set.of(SECRET_FILE, URL_FILE))) {
      notices.accept("The writing of " + name + " of the gateway was interrupted.");
    }
    Path path = directory.resolve(SECRET_FILE);
    Optional<SecretBytes> present = TaggedFile.readSecret(path, TYPE, TAG, length);
    if (present.isPresent()) {
      return present.get();
    }
    if (Files.exists(path)) {
      throw PrivateFiles.damaged(path, "it is empty");
    }
    byte[] made = new byte[length];
    random.nextBytes(made);
    TaggedFile.write(path, TYPE, TAG, made);
    return SecretBytes.takeOwnership(made);
  }

  /** Writes the URL that clients use. */
  public void writeUrl(String url) throws KeystoreException {
    PrivateFiles.writeIfDifferent(urlFile(), (url + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Where the URL stands. */
  public Path urlFile() {
    return directory.resolve(URL_FILE);
  }
}
