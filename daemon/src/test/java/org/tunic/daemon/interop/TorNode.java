package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node of a test network: its files, its ports and, once started, its process. The process runs
 * under {@code timeout}, so it ends even if this JVM is killed.
 *
 * <p>Threads: guarded by itself for the process, otherwise immutable.
 */
final class TorNode {
  private static final int LOG_TAIL_LINES = 25;
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final Role role;
  private final Subject subject;
  private final Path dir;
  private final Ports ports;
  private final String fingerprint;
  private @Nullable Process watchdog;
  private long startedNanos;
  private String javaOptions = "";

  /**
   * The ports of a node on 127.0.0.1; each node has all of them, whether its role listens there or
   * not.
   */
  record Ports(int or, int dir, int control, int socks, int metrics) {
    static Ports from(PortBlock block) {
      return new Ports(block.next(), block.next(), block.next(), block.next(), block.next());
    }
  }

  TorNode(String name, Role role, Subject subject, Path dir, Ports ports, String fingerprint) {
    this.name = name;
    this.role = role;
    this.subject = subject;
    this.dir = dir;
    this.ports = ports;
    this.fingerprint = fingerprint;
  }

  /** The same files and ports for another implementation; this node must have been stopped. */
  TorNode runBy(Subject other) {
    if (running()) {
      throw new IllegalStateException(name + " still runs");
    }
    return new TorNode(name, role, other, dir, ports, fingerprint);
  }

  long pid() {
    return process().pid();
  }

  String name() {
    return name;
  }

  Role role() {
    return role;
  }

  Subject subject() {
    return subject;
  }

  Ports ports() {
    return ports;
  }

  /** Upper-case hex of the RSA identity; empty for a client, which has none. */
  String fingerprint() {
    return fingerprint;
  }

  Path dataDirectory() {
    return dir.resolve("data");
  }

  Path torrc() {
    return dir.resolve("torrc");
  }

  /** Further flags of the JVM from the next start on, for a node of ours. */
  synchronized void javaOptions(String flags) {
    javaOptions = flags;
  }

  /** Runs the node; it ends by itself after {@code maxLife} at the latest. */
  void start(Path emptyTorrc, Duration maxLife) throws IOException {
    start(List.of(), emptyTorrc, maxLife);
  }

  /** As the other, by a command that replaces itself with the one behind it. */
  synchronized void start(List<String> before, Path emptyTorrc, Duration maxLife)
      throws IOException {
    if (watchdog != null) {
      throw new IllegalStateException(name + " is already running");
    }
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of("timeout", "-s", "INT", "-k", "10", Long.toString(maxLife.toSeconds())));
    command.addAll(subject.command(torrc(), emptyTorrc));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("stdout").toFile());
    builder.environment().put("TUNIC_NO_BUILD", "1"); // what is tested is what was built
    if (!javaOptions.isEmpty()) {
      builder.environment().put("TUNIC_JAVA_OPTS", javaOptions);
    }
    startedNanos = System.nanoTime();
    watchdog = builder.start();
  }

  /** When {@link #start} ran, on the clock of {@link System#nanoTime}. */
  synchronized long startedNanos() {
    return startedNanos;
  }

  synchronized boolean running() {
    return watchdog != null && watchdog.isAlive();
  }

  /**
   * The process of the node itself, below the watchdog (and below the launcher, should it stay).
   */
  synchronized ProcessHandle process() {
    if (watchdog == null) {
      throw new IllegalStateException(name + " was not started");
    }
    ProcessHandle handle = watchdog.toHandle();
    for (Optional<ProcessHandle> child = child(handle); child.isPresent(); child = child(handle)) {
      handle = child.get();
    }
    return handle;
  }

  private static Optional<ProcessHandle> child(ProcessHandle handle) {
    return handle.children().findFirst();
  }

  /** CPU time of the process so far, user and system. */
  Duration cpu() {
    return process().info().totalCpuDuration().orElseThrow();
  }

  /** Resident memory of the process now, in KiB. */
  long residentKib() {
    Path status = Path.of("/proc", Long.toString(process().pid()), "status");
    try (Stream<String> lines = Files.lines(status, ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError("cannot read the size of " + name + "\n" + logTail(), e);
    }
  }

  /** Waits for the line that says the client is ready; fails at once if the process ends. */
  void awaitBootstrapped(Duration limit) {
    awaitLogged("Bootstrapped 100%", limit);
  }

  /**
   * Waits until the node knows the relays of the network: an exit refuses streams from relays that
   * it does not know. That a relay of C tor has built a circuit of its own is not waited for, since
   * it may want the only relay with the flag Stable for two hops, until the next consensus.
   */
  void awaitDirectory(Duration limit) {
    awaitLogged("Bootstrapped 75%", limit);
  }

  private void awaitLogged(String text, Duration limit) {
    Await.until(
        name + " (" + subject + "): " + text,
        limit,
        () -> {
          if (!running()) {
            throw new AssertionError(name + " (" + subject + ") ended\n" + logTail());
          }
          return noticeLog().contains(text);
        },
        this::logTail);
  }

  private String noticeLog() {
    return log("notice");
  }

  /** What the node has logged at the level of its second log so far; empty if it has none. */
  String log(String level) {
    try {
      Path log = dir.resolve(level + ".log");
      return Files.exists(log) ? Files.readString(log, ISO_8859_1) : "";
    } catch (IOException e) {
      throw new AssertionError("cannot read the log of " + name, e);
    }
  }

  /** The end of what the node printed and logged, for the message of a failure. */
  String logTail() {
    List<String> lines = new ArrayList<>();
    try {
      if (Files.exists(dir.resolve("stdout"))) {
        lines.addAll(Files.readAllLines(dir.resolve("stdout"), ISO_8859_1));
      }
    } catch (IOException e) {
      lines.add("(no stdout: " + e + ")");
    }
    lines.addAll(noticeLog().lines().toList());
    int from = Math.max(0, lines.size() - LOG_TAIL_LINES);
    return "--- " + dir + "\n" + String.join("\n", lines.subList(from, lines.size()));
  }

  /** Asks the process to end, insists after 10 s, and returns its exit status as seen outside. */
  synchronized int stop() {
    if (watchdog == null) {
      return 0;
    }
    ProcessHandle node = process();
    node.destroy();
    try {
      node.onExit().get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      node.destroyForcibly();
    } catch (InterruptedException e) {
      node.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
    try {
      if (!watchdog.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        watchdog.destroyForcibly();
      }
    } catch (InterruptedException e) {
      watchdog.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    int status = watchdog.isAlive() ? -1 : watchdog.exitValue();
    watchdog = null;
    return status;
  }
}
