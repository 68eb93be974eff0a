package org.tunic.router.guard;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the guard samples in the {@code Guard} lines of the state file.
 *
 * <p>Saving is asynchronous and keeps only the newest sample: however often it changes, one write
 * is under way and at most one waits. A disk that fails is logged and does not stop the client; the
 * sample is tried again with the next change.
 *
 * <p>Threads: any, because the pending sample is one atomic reference and writes are guarded by the
 * file.
 */
public final class GuardStore {
  private static final Logger log = LoggerFactory.getLogger(GuardStore.class);

  /** Selections of this name were never kept in {@code Guard} lines. */
  private static final String LEGACY = "legacy";

  private final StateFile file;
  private final Executor blocking;
  private final AtomicReference<@Nullable List<SampledGuard>> pending = new AtomicReference<>();
  private final AtomicBoolean writing = new AtomicBoolean();

  /**
   * @param blocking runs the writes, which block; usually one virtual thread each
   */
  public GuardStore(StateFile file, Executor blocking) {
    this.file = file;
    this.blocking = blocking;
  }

  /**
   * The saved samples of our selections.
   *
   * <p>A file with a {@code Guard} line that names no guard is damaged, and nobody knows what else
   * is wrong in it: as with C tor it is set aside whole, and the node starts without a state.
   *
   * @param now stands for times missing in the file
   * @throws IOException if the file is there and cannot be read or set aside
   */
  public List<SampledGuard> load(Instant now) throws IOException {
    List<SampledGuard> guards = new ArrayList<>();
    for (String value : file.read().values(SampledGuard.KEYWORD)) {
      Optional<SampledGuard> guard = SampledGuard.parse(value, now);
      if (guard.isEmpty() || guard.get().selection().equals(LEGACY)) {
        String where = file.setAside();
        log.warn("The state file has a damaged Guard line. It was moved to {}.", where);
        return List.of();
      }
      guards.add(guard.get());
    }
    guards.removeIf(guard -> !GuardSet.keeps(guard.selection()));
    return guards;
  }

  private static boolean isOurs(String value) {
    return SampledGuard.parse(value, Instant.EPOCH)
        .filter(guard -> GuardSet.keeps(guard.selection()))
        .isPresent();
  }

  /** Asks for {@code sample} to be written soon. */
  public void save(List<SampledGuard> sample) {
    pending.set(List.copyOf(sample));
    if (writing.compareAndSet(false, true)) {
      blocking.execute(this::drain);
    }
  }

  private void drain() {
    boolean written;
    do {
      written = writePending();
      writing.set(false);
    } while (written && pending.get() != null && writing.compareAndSet(false, true));
  }

  private boolean writePending() {
    try {
      flush();
      return true;
    } catch (IOException e) {
      log.warn("Cannot write the state file; guards are kept in memory: {}", e.toString());
      return false;
    }
  }

  /**
   * Writes what waits to be written, in the caller's thread: for an orderly end.
   *
   * @throws IOException if the file cannot be read or written; the sample still waits then
   */
  public void flush() throws IOException {
    synchronized (file) { // or an older sample could overtake a newer one
      List<SampledGuard> sample = pending.getAndSet(null);
      if (sample != null) {
        try {
          file.update(state -> state.with(SampledGuard.KEYWORD, lines(state, sample)));
        } catch (IOException e) {
          pending.compareAndSet(null, sample);
          throw e;
        }
      }
    }
  }

  /** Our guards, and before them the lines of other selections as they are. */
  private static List<String> lines(StateDocument state, List<SampledGuard> sample) {
    List<String> lines = new ArrayList<>();
    for (String value : state.values(SampledGuard.KEYWORD)) {
      if (!isOurs(value)) {
        lines.add(value);
      }
    }
    sample.forEach(guard -> lines.add(guard.format()));
    return lines;
  }
}
