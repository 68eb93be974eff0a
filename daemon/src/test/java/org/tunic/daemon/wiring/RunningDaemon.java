package org.tunic.daemon.wiring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A daemon in a process of its own, without a network to join, to send signals to. */
public final class RunningDaemon implements AutoCloseable {
  private static final long LIMIT_MILLIS = 60_000;
  private static final int END_SECONDS = 20;

  private final Process process;
  private final Path log;

  private RunningDaemon(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** A network of one authority that nobody runs. */
  public static final String NETWORK =
      """
      TestingTorNetwork 1
      DirAuthority nobody orport=9 no-v2 v3ident=0000000000000000000000000000000000000001 \
      127.0.0.1:9 0000000000000000000000000000000000000002
      """;

  /**
   * Starts our daemon and waits until it listens.
   *
   * @param log where the torrc sends notices
   */
  public static RunningDaemon ours(Path torrc, Path log) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
    command.addAll(
        Processes.tunic("-f", torrc.toString(), "--defaults-torrc", torrc + ".no-defaults"));
    return start(command, torrc, log);
  }

  /** Starts C tor and waits until it listens. */
  public static RunningDaemon ctor(Path torrc, Path log) throws Exception {
    Processes.requireTor();
    Path none = Files.writeString(torrc.resolveSibling("no-defaults"), "");
    return start(
        List.of(
            "env",
            "--default-signal=INT,HUP",
            "tor",
            "-f",
            torrc.toString(),
            "--defaults-torrc",
            none.toString(),
            "--quiet"),
        torrc,
        log);
  }

  private static RunningDaemon start(List<String> command, Path torrc, Path log) throws Exception {
    Path directory = torrc.toAbsolutePath().getParent();
    RunningDaemon daemon =
        new RunningDaemon(
            new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start(),
            log);
    daemon.await("Bootstrapped 0%");
    return daemon;
  }

  /** A port that was free a moment ago. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Whether somebody listens. */
  public static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends a signal, such as {@code HUP}. */
  public void signal(String name) throws Exception {
    Processes.run(Path.of("/"), List.of("kill", "-" + name, Long.toString(process.pid())));
  }

  /** What it has logged so far. */
  public String logged() {
    return logged(log);
  }

  private static String logged(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until it has logged a text. */
  public void await(String text) throws InterruptedException {
    awaitIn(log, text);
  }

  /** Waits until a text stands in one of its logs. */
  public void awaitIn(Path file, String text) throws InterruptedException {
    await(text, () -> logged(file).contains(text));
  }

  /** Waits for something, while the process lives. */
  public void await(String what, BooleanSupplier there) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    while (!there.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new AssertionError(
            "not seen: "
                + what
                + "\n"
                + logged()
                + "\n--- output\n"
                + logged(log.resolveSibling("output")));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; its exit status. */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end\n" + logged());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
