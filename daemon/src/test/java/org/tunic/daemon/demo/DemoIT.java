package org.tunic.daemon.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.daemon.wiring.Processes;

/** The demo as a user runs it: started, interrupted, started again. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
final class DemoIT {
  private static final int STOP_SECONDS = 60;

  @TempDir Path dir;

  @Test
  void interrupted_inOneProcess_leavesWholeFilesAndResumesWithTheSameIdentities() throws Exception {
    runAndInterrupt("--base-port", "27100");
    Map<String, String> first = identities();
    assertEquals(3 + 3, first.size(), first.toString());
    assertWholeFiles();
    runAndInterrupt("--base-port", "27100");
    assertEquals(first, identities());
    assertWholeFiles();
  }

  @Test
  void interrupted_withAProcessPerNode_leavesNoProcess() throws Exception {
    runAndInterrupt("--base-port", "27300", "--processes");
    assertWholeFiles();
  }

  /** Waits until the network is up, sends SIGINT as Ctrl-C does, and looks what is left. */
  private void runAndInterrupt(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("demo", "--relays", "3", "--data", dir.toString()));
    arguments.addAll(List.of(more));
    Process demo =
        new ProcessBuilder(Processes.tunic(arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .start();
    List<ProcessHandle> children = List.of();
    try {
      awaitUp(demo);
      children = demo.descendants().toList();
      assertEquals(
          0,
          Processes.run(dir, List.of("kill", "-" + signal(), Long.toString(demo.pid()))).status());
      assertTrue(
          demo.waitFor(STOP_SECONDS, TimeUnit.SECONDS), "still running after SIG" + signal());
      assertEquals(
          List.of(), children.stream().filter(ProcessHandle::isAlive).toList(), "children left");
    } finally {
      children.forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  /**
   * SIGINT; SIGTERM where this very process was started with SIGINT ignored, as shells start what
   * runs in the background: children inherit that, and no JVM can take it back.
   */
  private static String signal() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        long ignored = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (ignored & 2) == 0 ? "INT" : "TERM";
      }
    }
    return "INT";
  }

  private static void awaitUp(Process demo) throws IOException {
    StringBuilder seen = new StringBuilder();
    BufferedReader lines = demo.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      seen.append(line).append('\n');
      if (line.startsWith("Ctrl-C stops")) {
        return;
      }
    }
    fail("the demo did not come up:\n" + seen);
  }

  private Map<String, String> identities() throws IOException {
    Map<String, String> identities = new TreeMap<>();
    for (Path file : files()) {
      if (file.getFileName().toString().equals("fingerprint")) {
        identities.put(dir.relativize(file).toString(), Files.readString(file));
      }
    }
    return identities;
  }

  private void assertWholeFiles() throws IOException {
    for (Path file : files()) {
      String name = file.getFileName().toString();
      assertFalse(name.endsWith(".tmp"), "half-written: " + file);
      assertFalse(name.equals("pid"), "left behind: " + file);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> walk = Files.walk(dir)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
