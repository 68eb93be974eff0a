package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A hostile peer at work, in a process that may have 19,000 descriptors. Its program prints a line
 * of counts for each line it reads, and ends with its input. Threads: that of the test.
 */
final class AttackerProcess implements AutoCloseable {
  private static final int DESCRIPTORS = 19_000;

  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private final int settledAt;

  /**
   * Begins.
   *
   * @param name tells its error output from others'
   * @param settledAt the count "settled" at which all is as far as it comes
   */
  AttackerProcess(Class<?> program, String name, int settledAt, List<String> arguments)
      throws IOException {
    this.settledAt = settledAt;
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "ulimit -n " + DESCRIPTORS + " && exec timeout -k 5 1500 \"$@\"",
                "attacker",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx400m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(arguments);
    this.process =
        new ProcessBuilder(command)
            .redirectError(Interop.directory("attacker-" + name + ".err").toFile())
            .start();
    this.in = process.outputWriter(US_ASCII);
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII));
  }

  /** Its counts now, by name. */
  Map<String, Long> counts() {
    return ask("");
  }

  /** What it does once it has settled begins now; most have nothing to do then. */
  void go() {
    ask("go");
  }

  private Map<String, Long> ask(String said) {
    try {
      in.write(said + "\n");
      in.flush();
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError("the attacker ended");
      }
      Map<String, Long> counts = new HashMap<>();
      for (String pair : line.split(" ", -1)) {
        int equals = pair.indexOf('=');
        counts.put(pair.substring(0, equals), Long.valueOf(pair.substring(equals + 1)));
      }
      return counts;
    } catch (IOException e) {
      throw new AssertionError("the attacker ended", e);
    }
  }

  long count(String name) {
    Long value = counts().get(name);
    if (value == null) {
      throw new IllegalArgumentException("no count " + name);
    }
    return value;
  }

  /** Waits until all is as far as it comes. */
  void awaitSettled(Duration limit) {
    Await.until(
        "all that the attacker wants to begin with",
        limit,
        () -> count("settled") == settledAt,
        () -> counts().toString());
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
