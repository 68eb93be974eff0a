package org.tunic.router.circuit.timeout;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.guard.StateFile;

/**
 * Keeps build times in the state file. Saving is asynchronous and keeps only the newest; a disk
 * that fails is logged, and the next change is tried again.
 *
 * <p>Threads: any, because what waits is one atomic reference and writes are guarded by the file.
 */
public final class BuildTimeStore {
  private static final Logger log = LoggerFactory.getLogger(BuildTimeStore.class);

  private final StateFile file;
  private final Executor blocking;
  private final AtomicReference<@Nullable SavedTimes> pending = new AtomicReference<>();

  /**
   * @param blocking runs the writes, which block
   */
  public BuildTimeStore(StateFile file, Executor blocking) {
    this.file = file;
    this.blocking = blocking;
  }

  /**
   * The times of the last run.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public SavedTimes load() throws IOException {
    return SavedTimes.from(file.read());
  }

  /** Asks for {@code times} to be written soon. */
  public void save(SavedTimes times) {
    pending.set(times);
    blocking.execute(
        () -> {
          try {
            flush();
          } catch (IOException e) {
            log.warn("Cannot write the state file; build times are kept in memory");
          }
        });
  }

  /**
   * Writes what waits to be written, in the caller's thread: for an orderly end.
   *
   * @throws IOException if the file cannot be read or written
   */
  public void flush() throws IOException {
    synchronized (file) { // or older times could overtake newer ones
      SavedTimes times = pending.getAndSet(null);
      if (times != null) {
        file.update(times::into);
      }
    }
  }
}
