package org.tunic.daemon.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ServerPort;

/**
 * {@code User} and {@code RunAsDaemon}. A JVM can do neither to itself, its threads being what they
 * are; so once the configuration was found to be good and before a file is made or a port opened,
 * the process becomes {@code setpriv} (for another user) or {@code setsid} (for the background),
 * both of util-linux, and these become this program again, with the same arguments.
 *
 * <p>With {@code User} alone the process id stays. With {@code RunAsDaemon} it changes, standard
 * input and output are closed, and the caller sees the end of the first process, status 0.
 *
 * <p>Spec: tor(1), User, KeepBindCapabilities and RunAsDaemon. Threads: main thread.
 */
final class Restart {
  private static final int FIRST_FREE_PORT = 1024;
  private static final String ROOT = "root";

  private Restart() {}

  /**
   * What to run in place of this process; empty if it may go on as it is.
   *
   * @param userName whom we run as
   * @param commandLine how we were started, program first
   * @throws ConfigException if {@code User} names another user and we are not root
   */
  static Optional<List<String>> command(Config config, String userName, List<String> commandLine)
      throws ConfigException {
    Config.ProcessOptions process = config.process();
    List<String> command = new ArrayList<>();
    if (process.background()) {
      command.addAll(
          List.of(
              "/bin/sh", "-c", "exec setsid --fork \"$@\" < /dev/null > /dev/null 2>&1", "tunic"));
    }
    Optional<String> user = process.user().filter(name -> !name.equals(userName));
    if (user.isPresent()) {
      if (!userName.equals(ROOT)) {
        throw new ConfigException(
            "User "
                + user.get()
                + " is another user than "
                + userName
                + ", which only root may become; start as root, or as that user");
      }
      command.addAll(
          List.of(
              "/usr/bin/env",
              "setpriv",
              "--reuid=" + user.get(),
              "--regid=" + group(user.get()),
              "--init-groups"));
      String kept = keepsBind(config) ? "-all,+net_bind_service" : "-all";
      command.addAll(List.of("--inh-caps=" + kept, "--ambient-caps=" + kept, "--"));
    }
    if (command.isEmpty()) {
      return Optional.empty();
    }
    command.addAll(commandLine);
    if (process.background()) {
      command.addAll(List.of("--RunAsDaemon", "0"));
    }
    return Optional.of(command);
  }

  private static boolean keepsBind(Config config) {
    boolean lowPort =
        config.relay().stream()
            .flatMap(relay -> Stream.concat(relay.orPorts().stream(), relay.dirPorts().stream()))
            .filter(ServerPort::listen)
            .anyMatch(port -> port.port() > 0 && port.port() < FIRST_FREE_PORT);
    return config.process().keepBindCapabilities().orElse(lowPort);
  }

  /** The primary group of a user, as a number. */
  private static String group(String user) throws ConfigException {
    try {
      Process id =
          new ProcessBuilder("id", "-g", "--", user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String group =
          new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      if (id.waitFor() == 0 && group.matches("[0-9]+")) {
        return group;
      }
    } catch (IOException e) {
      throw new ConfigException("the program id cannot be run; install coreutils");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ConfigException(
        "User " + user + " was not found; create it, for example with adduser --system");
  }

  /** How this process was started: the Java that runs us, and its arguments. */
  static List<String> thisCommandLine() {
    try {
      String[] words =
          Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8).split("\0", -1);
      List<String> command = new ArrayList<>(List.of(words).subList(0, words.length - 1));
      command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
      return command;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Becomes another program; returns only if that fails. */
  @SuppressWarnings("restricted")
  static ConfigException become(List<String> command) {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MemorySegment execv = linker.defaultLookup().find("execv").orElseThrow();
      MemorySegment arguments =
          arena.allocate(ValueLayout.ADDRESS, command.size() + 1L); // the last one stays null
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
      }
      linker
          .downcallHandle(
              execv,
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
          .invoke(arena.allocateFrom(command.getFirst()), arguments);
    } catch (Throwable e) { // whatever a method handle may throw: it did not work
      return new ConfigException("cannot change user or go to the background: " + e);
    }
    return new ConfigException(
        command.getFirst() + " cannot be run, which User and RunAsDaemon need");
  }
}
