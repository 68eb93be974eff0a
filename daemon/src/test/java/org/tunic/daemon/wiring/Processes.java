package org.tunic.daemon.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Short-lived programs started by tests. */
public final class Processes {
  private static final long TIMEOUT_SECONDS = 120;

  private Processes() {}

  /**
   * How a program ended.
   *
   * @param status exit status
   * @param output what it printed, both streams
   */
  public record Ended(int status, String output) {}

  /** Runs a program in a directory to its end; kills it after two minutes. */
  public static Ended run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command + " does not end");
      }
      return new Ended(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs C tor; the test is left out where it is not installed. */
  public static Ended tor(Path directory, String... arguments)
      throws IOException, InterruptedException {
    requireTor();
    List<String> command = new ArrayList<>(List.of("tor"));
    command.addAll(List.of(arguments));
    return run(directory, command);
  }

  /** Leaves the test out where C tor is not installed; on a build server it fails instead. */
  public static void requireTor() throws InterruptedException {
    try {
      run(Path.of("/"), List.of("tor", "--version"));
    } catch (IOException e) {
      String message = "tor is not installed: apt install tor";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(message, e);
      }
      Assumptions.abort(message);
    }
  }

  /** Our own program, run from the classes of this build with the flags it needs. */
  public static List<String> tunic(String... arguments) {
    List<String> command = new ArrayList<>(java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The Java that runs this test. */
  public static List<String> java() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }
}
