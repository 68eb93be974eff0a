package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.tunic.daemon.hostile.Attack;
import org.tunic.daemon.hostile.Attacker;

/**
 * A hostile peer at work, in a process that may have 19,000 descriptors. Threads: that of the test.
 */
final class AttackerProcess implements AutoCloseable {
  private static final int DESCRIPTORS = 19_000;

  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private final int connections;

  /**
   * Begins.
   *
   * @param port the victim's
   * @param block the addresses are of 127.{@code block}.0.0/16, 1 to 254
   * @param addresses how many the connections come from, in turn
   * @param amount of what the attack has on each connection
   */
  AttackerProcess(Attack attack, int port, int connections, int block, int addresses, int amount)
      throws IOException {
    this.connections = connections;
    this.process =
        new ProcessBuilder(
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
                Attacker.class.getName(),
                attack.name(),
                Integer.toString(port),
                Integer.toString(connections),
                Integer.toString(block),
                Integer.toString(addresses),
                Integer.toString(amount))
            .redirectError(Interop.directory("attacker-" + attack + ".err").toFile())
            .start();
    this.in = process.outputWriter(US_ASCII);
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII));
  }

  /** Its counts now: tried, settled, connected, opened, closed, created, destroyed. */
  Map<String, Long> counts() {
    try {
      in.write("\n");
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

  /** Waits until every connection is as far as it comes. */
  void awaitSettled(Duration limit) {
    Await.until(
        "all connections of the attacker",
        limit,
        () -> count("settled") == connections,
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
