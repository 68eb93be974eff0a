package org.tunic.directory.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Writes files so that after a crash there is either the old one or the new one, whole, and never
 * readable by others.
 *
 * <p>Threads: any; two writers of one file must not run at once.
 */
public final class AtomicFiles {
  /** Ends the name of a file that is being written; one that is left over tells of a crash. */
  public static final String TEMPORARY = ".tmp";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private AtomicFiles() {}

  /**
   * Replaces the file with {@code contents}: a temporary file beside it is written, forced to disk
   * and renamed, then the directory is forced.
   *
   * @throws IOException if that failed; the old file is as it was
   */
  public static void write(Path file, byte[] contents) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    // A leftover of a crash may have other permissions.
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel out =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
        writeAll(out, contents);
        out.force(true);
      }
      move(temporary, file);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** Puts one file in the place of another of the same directory, for good when this returns. */
  public static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(to);
  }

  /** Deletes a file, for good when this returns; nothing happens if it is missing. */
  public static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      forceDirectory(file);
    }
  }

  /**
   * Appends to the file, which is made (owner only) if it is not there. A crash may leave a part of
   * {@code contents} at its end: readers must cope.
   */
  public static void append(Path file, byte[] contents) throws IOException {
    boolean isNew = !Files.exists(file);
    try (FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      writeAll(out, contents);
      out.force(false);
    }
    if (isNew) {
      forceDirectory(file);
    }
  }

  private static void writeAll(FileChannel out, byte[] contents) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(contents);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  private static void forceDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
