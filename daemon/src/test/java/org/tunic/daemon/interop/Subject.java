package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The implementation that runs a node. Threads: immutable. */
enum Subject {
  /** Debian's unmodified C tor. */
  CTOR("ctor") {
    @Override
    List<String> command(Path torrc, Path emptyTorrc) {
      return List.of(
          "tor", "-f", torrc.toString(), "--defaults-torrc", emptyTorrc.toString(), "--hush");
    }

    @Override
    Optional<String> missing() {
      return Tools.missing("tor", "tor-gencert", "curl", "timeout");
    }
  },

  /** Our daemon, started by the launcher as an operator starts it. */
  OURS("ours") {
    @Override
    List<String> command(Path torrc, Path emptyTorrc) {
      return List.of(LAUNCHER.toString(), "run", "-f", torrc.toString());
    }

    @Override
    Optional<String> missing() {
      if (!Files.isExecutable(LAUNCHER)) {
        return Optional.of("no launcher at " + LAUNCHER);
      }
      if (!Files.isRegularFile(Repository.root().resolve("daemon/target/tunic.jar"))) {
        return Optional.of("daemon/target/tunic.jar is not built");
      }
      return Tools.missing("curl", "timeout");
    }
  };

  private static final Path LAUNCHER = Repository.root().resolve("tunic");

  private final String label;

  Subject(String label) {
    this.label = label;
  }

  /** A word for names of nodes and files. */
  String label() {
    return label;
  }

  /** The command line that runs a node in the foreground from {@code torrc}. */
  abstract List<String> command(Path torrc, Path emptyTorrc);

  /** Why this subject cannot run here, or empty if it can. */
  abstract Optional<String> missing();

  /** Names of programs on the PATH. */
  static final class Tools {
    private Tools() {}

    static Optional<String> missing(String... programs) {
      List<String> absent = new ArrayList<>();
      for (String program : programs) {
        if (!onPath(program)) {
          absent.add(program);
        }
      }
      return absent.isEmpty()
          ? Optional.empty()
          : Optional.of("not on the PATH: " + String.join(", ", absent));
    }

    private static boolean onPath(String program) {
      for (String dir : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
        if (!dir.isEmpty() && Files.isExecutable(Path.of(dir, program))) {
          return true;
        }
      }
      return false;
    }

    /** Runs a short command in {@code dir} and returns its standard output. */
    static String run(Path dir, String input, List<String> command) throws IOException {
      Process process =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectError(dir.resolve("tool.err").toFile())
              .start();
      try (var out = process.outputWriter()) {
        out.write(input);
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      try {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IOException(command.getFirst() + " did not end within 60 s");
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            command.getFirst()
                + " ended with "
                + process.exitValue()
                + ": "
                + Files.readString(dir.resolve("tool.err")));
      }
      return output;
    }
  }
}
