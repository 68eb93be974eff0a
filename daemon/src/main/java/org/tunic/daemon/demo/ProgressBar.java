package org.tunic.daemon.demo;

import java.io.PrintStream;

/**
 * One line that follows the bootstrap of the demo. On a terminal it is redrawn, elsewhere each
 * phase is a line of its own.
 *
 * <p>Threads: one thread.
 */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean terminal;
  private int percent = -1;

  ProgressBar(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * @param newPercent 0–100
   * @param what what is going on, a few words
   * @param seconds since the start
   */
  void show(int newPercent, String what, double seconds) {
    if (!terminal && newPercent == percent) {
      return;
    }
    percent = newPercent;
    int filled = newPercent * WIDTH / 100;
    String bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
    String line = String.format("[%s] %3d %%  %4.1f s  %s", bar, newPercent, seconds, what);
    if (terminal) {
      out.print('\r' + line + "\033[K");
      out.flush();
    } else {
      out.println(line);
    }
  }

  /** Ends the line. */
  void done() {
    if (terminal) {
      out.println();
    }
  }
}
