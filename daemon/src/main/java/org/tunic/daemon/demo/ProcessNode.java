package org.tunic.daemon.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node in a process of its own: {@code tunic run -f torrc}. What it does is read from its log.
 *
 * <p>Threads: any.
 */
final class ProcessNode implements RunningNode {
  private static final Pattern BOOTSTRAPPED = Pattern.compile("Bootstrapped (\\d+)%[^:]*: (.*)");
  private static final Pattern CELLS = Pattern.compile("RELAY cells read and written: (\\d+)");
  private static final int STOP_SECONDS = 10;

  private final DemoNode node;
  private final Process process;

  private ProcessNode(DemoNode node, Process process) {
    this.node = node;
    this.process = process;
  }

  /**
   * @param command the launcher's command line before {@code run -f torrc}
   */
  static ProcessNode start(DemoNode node, List<String> command) throws DemoFailure {
    List<String> line = new java.util.ArrayList<>(command);
    line.addAll(List.of("run", "-f", node.torrc().toString()));
    try {
      // The log of an earlier run would be read as this one's.
      Files.deleteIfExists(node.log());
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(node.home().resolve("output").toFile())
              .start();
      process.getOutputStream().close();
      return new ProcessNode(node, process);
    } catch (IOException e) {
      throw new DemoFailure("cannot start " + node.name() + ": " + e.getMessage());
    }
  }

  @Override
  public Progress progress() {
    Matcher latest = null;
    for (String line : log()) {
      Matcher matcher = BOOTSTRAPPED.matcher(line);
      if (matcher.find()) {
        latest = matcher;
      }
    }
    return latest == null
        ? new Progress(0, "Starting")
        : new Progress(Integer.parseInt(latest.group(1)), latest.group(2));
  }

  @Override
  public long relayCells() throws DemoFailure {
    int before = answers().size();
    signal("USR1");
    for (int i = 0; i < 100; i++) {
      List<Long> now = answers();
      if (now.size() > before) {
        return now.getLast();
      }
      Pause.millis(50);
    }
    throw new DemoFailure(node.name() + " does not say how many cells it relayed");
  }

  private List<Long> answers() {
    List<Long> cells = new java.util.ArrayList<>();
    for (String line : log()) {
      Matcher matcher = CELLS.matcher(line);
      if (matcher.find()) {
        cells.add(Long.parseLong(matcher.group(1)));
      }
    }
    return cells;
  }

  private List<String> log() {
    Path log = node.log();
    try {
      return Files.exists(log) ? Files.readAllLines(log, StandardCharsets.UTF_8) : List.of();
    } catch (IOException e) {
      return List.of(); // being written; the next look will do
    }
  }

  private void signal(String name) throws DemoFailure {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new DemoFailure("cannot signal " + node.name() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public void stop() {
    process.destroy();
  }

  @Override
  public void awaitStopped() throws InterruptedException {
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
