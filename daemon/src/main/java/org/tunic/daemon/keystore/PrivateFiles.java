package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.daemon.config.FileProblem;
import org.tunic.directory.store.AtomicFiles;

/**
 * Files that only their owner may read: directories of mode 0700, files of mode 0600, written to a
 * temporary file first so that a crash leaves the old or the new one, whole.
 *
 * <p>Threads: any, because it has no state.
 */
final class PrivateFiles {
  /** No key or certificate is larger, bytes. */
  static final int MAX_BYTES = 128 * 1024;

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final FileAttribute<Set<PosixFilePermission>> FILE_0600 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_0700 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /**
   * Makes a directory, or checks that it is one of our own. One that others may enter is closed to
   * them, with a warning, as C tor does.
   */
  static void directory(Path path, String option, Consumer<String> warnings)
      throws KeystoreException {
    try {
      PosixFileAttributes attributes;
      try {
        attributes = Files.readAttributes(path, PosixFileAttributes.class);
      } catch (NoSuchFileException e) {
        Files.createDirectory(path, DIRECTORY_0700);
        return;
      }
      if (!attributes.isDirectory()) {
        throw new KeystoreException(
            option + " " + path + " is not a directory; name another or move the file away");
      }
      if (!isOurs(path)) {
        throw new KeystoreException(
            option
                + " "
                + path
                + " belongs to "
                + attributes.owner().getName()
                + ", not to the user we run as; change its owner, or start as that user");
      }
      if (!Files.isWritable(path)) {
        throw new KeystoreException(
            option + " " + path + " is not writable; make it so with chmod u+rwx");
      }
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(attributes.permissions());
      if (permissions.removeAll(OTHERS)) {
        warnings.accept("Fixing permissions on directory " + path);
        Files.setPosixFilePermissions(path, permissions);
      }
    } catch (IOException e) {
      throw new KeystoreException(
          option
              + " "
              + path
              + " cannot be used: "
              + FileProblem.of(e)
              + "; create the directory that contains it and make it writable");
    }
  }

  /** Same user id as this process; true where there are no user ids. */
  private static boolean isOurs(Path path) throws IOException {
    Path self = Path.of("/proc/self");
    return !Files.exists(self)
        || Files.getAttribute(path, "unix:uid").equals(Files.getAttribute(self, "unix:uid"));
  }

  /**
   * Reads a secret file; empty if it is missing or has no content, which counts as missing.
   *
   * @throws KeystoreException if it cannot be read, is no plain file, is too large or others may
   *     read it
   */
  static Optional<SecretBytes> readSecret(Path path) throws KeystoreException {
    Optional<byte[]> content = read(path, true);
    return content.map(SecretBytes::takeOwnership);
  }

  /** Reads a file that is no secret; empty if it is missing or has no content. */
  static Optional<byte[]> readPublic(Path path) throws KeystoreException {
    return read(path, false);
  }

  private static Optional<byte[]> read(Path path, boolean secret) throws KeystoreException {
    try {
      PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw damaged(path, "it is not a plain file");
      }
      if (attributes.size() == 0) {
        return Optional.empty();
      }
      if (attributes.size() > MAX_BYTES) {
        throw damaged(path, "it is larger than any key");
      }
      if (secret && attributes.permissions().stream().anyMatch(OTHERS::contains)) {
        throw new KeystoreException(
            path
                + " can be read by others (mode "
                + PosixFilePermissions.toString(attributes.permissions())
                + "); if you still trust the key, run chmod 600 on it");
      }
      return Optional.of(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new KeystoreException(
          path + " cannot be read: " + FileProblem.of(e) + "; correct its owner or permissions");
    }
  }

  /** A file whose content makes no sense. */
  static KeystoreException damaged(Path path, String why) {
    return new KeystoreException(
        path
            + " is damaged: "
            + why
            + "; restore it from a backup, or move it away to have a new one made");
  }

  /** Puts a file of mode 0600 in place of any earlier one, for good when this returns. */
  static void write(Path path, byte[] content) throws KeystoreException {
    try {
      AtomicFiles.write(path, content);
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  /**
   * Removes what interrupted writes left beside files of a directory; the files themselves are
   * whole.
   *
   * @param names the files that are looked at
   * @return the names of the files whose writing was interrupted
   */
  static List<String> removeLeftovers(Path directory, Set<String> names) throws KeystoreException {
    List<String> interrupted = new ArrayList<>();
    try {
      for (String name : names) {
        if (Files.deleteIfExists(directory.resolve(name + AtomicFiles.TEMPORARY))) {
          interrupted.add(name);
        }
      }
    } catch (IOException e) {
      throw cannotWrite(directory, e);
    }
    Collections.sort(interrupted);
    return interrupted;
  }

  /** Makes an empty file of mode 0600, unless there is one of this name. */
  static void createEmpty(Path path) throws IOException {
    try {
      Files.createFile(path, FILE_0600);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: as good.
    }
  }

  /** As {@link #write}, unless the file has this content already. */
  static void writeIfDifferent(Path path, byte[] content) throws KeystoreException {
    Optional<byte[]> present = readPublic(path);
    if (present.isEmpty() || !Arrays.equals(present.get(), content)) {
      write(path, content);
    }
  }

  /** Renames a file, for good when this returns; nothing happens if it is missing. */
  static void rename(Path from, Path to) throws KeystoreException {
    try {
      if (Files.exists(from)) {
        AtomicFiles.move(from, to);
      }
    } catch (IOException e) {
      throw cannotWrite(to, e);
    }
  }

  /** Deletes a file, for good when this returns; nothing happens if it is missing. */
  static void delete(Path path) throws KeystoreException {
    try {
      AtomicFiles.delete(path);
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  static KeystoreException cannotWrite(Path path, IOException e) {
    return new KeystoreException(
        path
            + " cannot be written: "
            + FileProblem.of(e)
            + "; check the permissions and the free space of its directory");
  }
}
