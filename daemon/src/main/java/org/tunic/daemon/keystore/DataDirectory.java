package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.Config.Directories;
import org.tunic.daemon.config.FileProblem;

/**
 * The directories of a node, made and closed to others, and locked against other processes until
 * closed.
 *
 * <p>Threads: one at a time.
 */
public final class DataDirectory implements AutoCloseable {
  private final Directories directories;
  private final DirectoryLock lock;
  private Optional<Path> pidFile = Optional.empty();

  private DataDirectory(Directories directories, DirectoryLock lock) {
    this.directories = directories;
    this.lock = lock;
  }

  /**
   * Makes the directories that are missing and takes the lock.
   *
   * @param warnings told of permissions that were corrected
   * @throws KeystoreException if one cannot be used, or another process has the lock
   */
  public static DataDirectory open(Directories directories, Consumer<String> warnings)
      throws KeystoreException {
    return openIfFree(directories, warnings)
        .orElseThrow(
            () ->
                new KeystoreException(
                    "DataDirectory "
                        + directories.data()
                        + " is in use by another process; stop that one, or name another"
                        + " DataDirectory"));
  }

  /** As {@link #open}, but empty if another process has the lock. */
  public static Optional<DataDirectory> openIfFree(
      Directories directories, Consumer<String> warnings) throws KeystoreException {
    PrivateFiles.directory(directories.data(), "DataDirectory", warnings);
    if (!directories.cache().equals(directories.data())) {
      PrivateFiles.directory(directories.cache(), "CacheDirectory", warnings);
    }
    Path file = directories.data().resolve("lock");
    try {
      return DirectoryLock.tryTake(file).map(lock -> new DataDirectory(directories, lock));
    } catch (IOException e) {
      throw PrivateFiles.cannotWrite(file, e);
    }
  }

  /** The KeyDirectory, made if it is missing. */
  public Path keyDirectory(Consumer<String> warnings) throws KeystoreException {
    PrivateFiles.directory(directories.keys(), "KeyDirectory", warnings);
    return directories.keys();
  }

  /** Writes {@code fingerprint} and {@code fingerprint-ed25519}, if they say something else. */
  public void writeFingerprints(String nickname, RsaIdentity rsa, Ed25519Identity ed25519)
      throws KeystoreException {
    PrivateFiles.writeIfDifferent(
        directories.data().resolve("fingerprint"), line(nickname, rsa.hex()));
    PrivateFiles.writeIfDifferent(
        directories.data().resolve("fingerprint-ed25519"), line(nickname, ed25519.base64()));
  }

  private static byte[] line(String nickname, String fingerprint) {
    return (nickname + " " + fingerprint + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes our process id to a file that {@link #close} removes. */
  public void writePidFile(Path file, long pid) throws KeystoreException {
    try {
      Files.writeString(file, pid + "\n");
      pidFile = Optional.of(file);
    } catch (IOException e) {
      throw new KeystoreException(
          "PidFile "
              + file
              + " cannot be written: "
              + FileProblem.of(e)
              + "; create its directory and make it writable");
    }
  }

  /** Removes the process id file and lets go of the lock. */
  @Override
  public void close() {
    try {
      if (pidFile.isPresent()) {
        Files.deleteIfExists(pidFile.get());
      }
    } catch (IOException e) {
      // A stale process id file does no harm; there is nobody left to tell.
    }
    pidFile = Optional.empty();
    lock.close();
  }
}
