package org.tunic.router.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.tunic.directory.store.AtomicFiles;

/**
 * The {@code state} file of a DataDirectory: read, changed and replaced as a whole.
 *
 * <p>A change writes {@code state.tmp} (mode 0600), syncs it, renames it over {@code state} and
 * syncs the directory: after a crash the file is the old or the new one, never a part of either.
 *
 * <p>Threads: guarded by this. Blocks on the disk; not for event loops.
 */
public final class StateFile {
  /** Bytes. C tor's own state files stay far below; more is not read. */
  static final long MAX_BYTES = 4 << 20;

  /** Damaged files kept beside the file. */
  static final int MAX_ASIDE = 100;

  private final Path file;
  private final InstantSource clock;

  /**
   * @param file where the state lives, usually {@code DataDirectory/state}; its directory exists
   * @param clock gives {@code LastWritten}
   */
  public StateFile(Path file, InstantSource clock) {
    this.file = file.toAbsolutePath();
    this.clock = clock;
  }

  /**
   * The file's entries; no entries if there is no file.
   *
   * @throws IOException if it cannot be read or is larger than {@value #MAX_BYTES} bytes
   */
  public synchronized StateDocument read() throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("state file is too large");
      }
      // Nicknames and versions are ASCII; ISO 8859-1 takes any other byte and gives it back.
      return StateDocument.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException _) {
      return StateDocument.EMPTY;
    }
  }

  /**
   * Applies {@code change} to what the file holds now and replaces the file.
   *
   * @throws IOException if it cannot be read or written; the old file is then still whole
   */
  public synchronized void update(UnaryOperator<StateDocument> change) throws IOException {
    String text = change.apply(read()).format(clock.instant());
    AtomicFiles.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Moves a damaged file out of the way, to the first free name of {@code state.0} to {@code
   * state.99}; deletes it if there is none.
   *
   * @return its new name, for a log
   * @throws IOException if it cannot be moved
   */
  public synchronized String setAside() throws IOException {
    for (int number = 0; number < MAX_ASIDE; number++) {
      Path aside = file.resolveSibling(file.getFileName() + "." + number);
      if (Files.notExists(aside, LinkOption.NOFOLLOW_LINKS)) {
        AtomicFiles.move(file, aside);
        return String.valueOf(aside.getFileName());
      }
    }
    AtomicFiles.delete(file);
    return "nowhere, for want of a free name";
  }
}
