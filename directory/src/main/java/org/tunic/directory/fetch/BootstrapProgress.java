package org.tunic.directory.fetch;

import java.util.function.Consumer;

/**
 * How far the bootstrap has come. All rooms that take part report here: the fetcher its documents,
 * the link room its connections, the circuit manager its first circuits. Progress never goes back;
 * a phase that was passed already is not reported again.
 *
 * <p>Threads: guarded by its own lock; the listener is called under it, on the reporting thread,
 * and must be quick.
 */
public final class BootstrapProgress {
  /** A step forward: the phase we are in and the percentage, which may lie between two phases. */
  public record Event(BootstrapPhase phase, int percent) {}

  private final Consumer<Event> listener;
  private Event last = new Event(BootstrapPhase.STARTING, -1);

  /** Reports each step forward to {@code listener}. */
  public BootstrapProgress(Consumer<Event> listener) {
    this.listener = listener;
  }

  /** A phase was reached. */
  public void reached(BootstrapPhase phase) {
    reached(phase, 0, 1);
  }

  /**
   * A phase is {@code done} of {@code total} through: the percentage lies that far between this
   * phase's and the next one's.
   */
  public synchronized void reached(BootstrapPhase phase, long done, long total) {
    int from = phase.percent();
    int to = phase.nextPercent();
    int percent = total <= 0 ? from : from + (int) ((to - from) * Math.min(done, total) / total);
    // The last percent of a phase belongs to the next one.
    percent = Math.clamp(percent, from, Math.max(from, to - 1));
    if (percent > last.percent()) {
      last = new Event(phase, percent);
      listener.accept(last);
    }
  }

  /** The furthest step so far. */
  public synchronized Event current() {
    return last.percent() < 0 ? new Event(BootstrapPhase.STARTING, 0) : last;
  }
}
