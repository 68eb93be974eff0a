package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import java.util.stream.Stream;
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

  private static final Set<PosixFilePermission> MORE_THAN_GROUP_READ =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final FileAttribute<Set<PosixFilePermission>> FILE_0600 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_0700 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_0750 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));

  private PrivateFiles() {}

  /**
   * Who besides the owner may look into a directory, and what is done about others.
   *
   * @param groupReads whether the group may read it
   * @param corrects whether what is allowed beyond that is taken away, with a warning; else such a
   *     directory is refused
   */
  record Openness(boolean groupReads, boolean corrects) {
    /** Nobody but the owner, and so it becomes. */
    static final Openness CLOSED = new Openness(false, true);

    private Set<PosixFilePermission> unwanted() {
      return groupReads ? MORE_THAN_GROUP_READ : OTHERS;
    }
  }

  /**
   * Makes a directory, or checks that it is one of our own. One that others may enter is closed to
   * them, with a warning, as C tor does.
   */
  static void directory(Path path, String option, Consumer<String> warnings)
      throws KeystoreException {
    directory(path, option, Openness.CLOSED, warnings);
  }

  /** As the other, with a choice of who may look into it. */
  static void directory(Path path, String option, Openness openness, Consumer<String> warnings)
      throws KeystoreException {
    try {
      PosixFileAttributes attributes;
      try {
        attributes = Files.readAttributes(path, PosixFileAttributes.class);
      } catch (NoSuchFileException e) {
        Files.createDirectory(path, openness.groupReads() ? DIRECTORY_0750 : DIRECTORY_0700);
        return;
      }
      checkDirectory(path, option, openness, attributes, warnings);
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

  /** As {@link #directory}, but one that is missing is none of our business. */
  static void directoryIfPresent(
      Path path, String option, Openness openness, Consumer<String> warnings)
      throws KeystoreException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      directory(path, option, openness, warnings);
    }
  }

  private static void checkDirectory(
      Path path,
      String option,
      Openness openness,
      PosixFileAttributes attributes,
      Consumer<String> warnings)
      throws IOException, KeystoreException {
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
    if (permissions.removeAll(openness.unwanted())) {
      if (!openness.corrects()) {
        throw new KeystoreException(
            option
                + " "
                + path
                + " may be entered by others (mode "
                + PosixFilePermissions.toString(attributes.permissions())
                + "); if you still trust what is in it, run chmod 700 on it");
      }
      warnings.accept("Fixing permissions on directory " + path);
      Files.setPosixFilePermissions(path, permissions);
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

  /** Lets the group read a file, too. */
  static void letGroupRead(Path path) throws KeystoreException {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  /**
   * The names of the files of a directory, sorted.
   *
   * @param most how many there may be
   */
  static List<String> names(Path directory, String option, int most) throws KeystoreException {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names =
          files.map(file -> String.valueOf(file.getFileName())).limit(most + 1L).sorted().toList();
      if (names.size() > most) {
        throw new KeystoreException(
            option + " " + directory + " has more than " + most + " files; move some elsewhere");
      }
      return names;
    } catch (IOException e) {
      throw new KeystoreException(
          option + " " + directory + " cannot be listed; check its permissions");
    }
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
