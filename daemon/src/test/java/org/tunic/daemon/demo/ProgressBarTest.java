package org.tunic.daemon.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private ProgressBar bar(boolean terminal) {
    return new ProgressBar(new PrintStream(out, true, StandardCharsets.UTF_8), terminal);
  }

  private String shown() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void show_elsewhereThanOnATerminal_isALinePerStep() {
    ProgressBar bar = bar(false);
    bar.show(0, "Starting", 0.04);
    bar.show(0, "Starting", 0.1);
    bar.show(50, "Loading", 2.0);
    bar.show(100, "Done", 12.345);
    bar.done();
    assertEquals(
        """
        [------------------------------]   0 %   0.0 s  Starting
        [###############---------------]  50 %   2.0 s  Loading
        [##############################] 100 %  12.3 s  Done
        """,
        shown());
  }

  @Test
  void show_onATerminal_isOneLineRedrawn() {
    ProgressBar bar = bar(true);
    bar.show(0, "a", 0);
    bar.show(0, "a", 1);
    bar.done();
    assertEquals(
        "\r[------------------------------]   0 %   0.0 s  a\033[K"
            + "\r[------------------------------]   0 %   1.0 s  a\033[K\n",
        shown());
  }
}
