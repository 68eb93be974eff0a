package org.tunic.daemon.wiring;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigLoader.Environment;

/** Entry point of the {@code tunic} command. Threads: main thread. */
public final class Main {
  private Main() {}

  /** Runs the command; see {@code tunic --help}. */
  public static void main(String[] args) {
    Environment environment =
        new Environment(
            Path.of("").toAbsolutePath(),
            Optional.ofNullable(System.getenv("HOME"))
                .filter(home -> home.startsWith("/"))
                .map(Path::of),
            System.getProperty("user.name", ""),
            System.in);
    Cli cli =
        new Cli(
            environment,
            System.out,
            System.err,
            InstantSource.system(),
            System::nanoTime,
            new SecureRandom());
    int status = cli.run(List.of(args));
    System.out.flush();
    // Not only when something failed: threads of libraries must not keep the process.
    System.exit(status);
  }
}
