package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A redis-server of a test, on 127.0.0.1 and, if wanted, a socket file; it writes each command to
 * disk before it answers.
 *
 * <p>Threads: that of the test.
 */
final class RedisServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private final List<String> command;
  private Process process;

  private RedisServer(Path folder, int port, List<String> command, Process process) {
    this.folder = folder;
    this.port = port;
    this.command = command;
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param folder made for it
   * @param more further options, with their values
   */
  static RedisServer start(Path folder, int port, String... more) throws IOException {
    Files.createDirectories(folder);
    List<String> command =
        new ArrayList<>(
            List.of(
                "timeout",
                "--foreground",
                "-k",
                "5",
                "600",
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always"));
    command.addAll(List.of(more));
    RedisServer server = new RedisServer(folder, port, command, launch(folder, command));
    server.awaitAnswer();
    return server;
  }

  private static Process launch(Path folder, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("said").toFile()))
        .start();
  }

  private void awaitAnswer() {
    // One that wants a password answers with that.
    Await.until(
        "redis-server answers",
        START_LIMIT,
        () -> cli("PING").matches("(?s).*(PONG|NOAUTH).*"),
        this::said);
  }

  int port() {
    return port;
  }

  String said() {
    try {
      return Files.readString(folder.resolve("said"), ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What redis-cli prints. */
  String cli(String... arguments) {
    List<String> words = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
    words.addAll(List.of(arguments));
    try {
      Process run = new ProcessBuilder(words).redirectErrorStream(true).start();
      return new String(run.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As with {@code kill -9}: {@code timeout} ends with what it runs. */
  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.waitFor(20, TimeUnit.SECONDS);
  }

  void startAgain() throws IOException {
    process = launch(folder, command);
    awaitAnswer();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
