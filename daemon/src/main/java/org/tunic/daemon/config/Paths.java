package org.tunic.daemon.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the paths of a torrc absolute: {@code ~/} is the home directory, relative ones start at the
 * working directory, with a warning.
 *
 * <p>Threads: one.
 */
final class Paths {
  private final Path workingDirectory;
  private final Optional<Path> home;
  private final Consumer<String> warnings;

  Paths(Path workingDirectory, Optional<Path> home, Consumer<String> warnings) {
    this.workingDirectory = workingDirectory;
    this.home = home;
    this.warnings = warnings;
  }

  /** The path that a line gives. */
  Path absolute(ConfigLine line, String text) throws ConfigException {
    try {
      if (text.startsWith("~/")) {
        Path base =
            home.orElseThrow(
                () ->
                    ConfigException.value(
                        line, "needs a home directory and HOME is not set", "write a full path"));
        return base.resolve(text.substring(2)).normalize();
      }
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        path = workingDirectory.resolve(path).normalize();
        warnings.accept(
            OneLine.of(
                line.origin()
                    + ": "
                    + line.name()
                    + " is a relative path and stands for "
                    + OneLine.quote(path.toString())));
      }
      return path;
    } catch (InvalidPathException e) {
      throw ConfigException.value(line, "is not a path", "write a full path");
    }
  }

  /** The path of a single-valued option; empty if it is not set. */
  Optional<Path> of(OptionValues values, String option) throws ConfigException {
    Optional<String> text = values.text(option);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    ConfigLine line =
        values
            .line(option)
            .orElse(new ConfigLine(Origin.DEFAULT, ConfigLine.Command.SET, option, text.get()));
    return Optional.of(absolute(line, text.get()));
  }

  Optional<Path> home() {
    return home;
  }
}
