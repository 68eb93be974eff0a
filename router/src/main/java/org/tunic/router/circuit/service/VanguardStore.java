package org.tunic.router.circuit.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.guard.StateFile;

/**
 * Keeps full vanguards in the {@code Vanguard} lines of the state file. Saving is asynchronous and
 * keeps only the newest; a disk that fails is logged, and the next change is tried again.
 *
 * <p>Threads: any, because what waits is one atomic reference and writes are guarded by the file.
 */
public final class VanguardStore {
  private static final Logger log = LoggerFactory.getLogger(VanguardStore.class);

  private final StateFile file;
  private final Executor blocking;
  private final AtomicReference<@Nullable List<Vanguard>> pending = new AtomicReference<>();

  /**
   * @param blocking runs the writes, which block
   */
  public VanguardStore(StateFile file, Executor blocking) {
    this.file = file;
    this.blocking = blocking;
  }

  /**
   * The vanguards of the last run. A damaged line stands for a relay that is drawn anew.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public List<Vanguard> load() throws IOException {
    List<Vanguard> vanguards = new ArrayList<>();
    for (String value : file.read().values(Vanguard.KEYWORD)) {
      Optional<Vanguard> vanguard = Vanguard.parse(value);
      if (vanguard.isPresent()) {
        vanguards.add(vanguard.get());
      } else {
        log.warn("The state file has a damaged Vanguard line; another relay takes its place.");
      }
    }
    return vanguards;
  }

  /** Asks for {@code vanguards} to be written soon. */
  public void save(List<Vanguard> vanguards) {
    pending.set(List.copyOf(vanguards));
    blocking.execute(
        () -> {
          try {
            flush();
          } catch (IOException e) {
            log.warn("Cannot write the state file; vanguards are kept in memory");
          }
        });
  }

  /**
   * Writes what waits to be written, in the caller's thread: for an orderly end.
   *
   * @throws IOException if the file cannot be read or written; the vanguards still wait then
   */
  public void flush() throws IOException {
    synchronized (file) { // or older ones could overtake newer ones
      List<Vanguard> vanguards = pending.getAndSet(null);
      if (vanguards == null) {
        return;
      }
      List<String> lines = vanguards.stream().map(Vanguard::format).toList();
      try {
        file.update(state -> state.with(Vanguard.KEYWORD, lines));
      } catch (IOException e) {
        pending.compareAndSet(null, vanguards);
        throw e;
      }
    }
  }
}
