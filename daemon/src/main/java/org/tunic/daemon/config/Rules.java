package org.tunic.daemon.config;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the checks of a configuration share: the values, and how to complain about one.
 *
 * <p>Threads: one.
 */
final class Rules {
  private final OptionValues values;
  private final Paths paths;
  private final Consumer<String> warnings;

  Rules(OptionValues values, Paths paths, Consumer<String> warnings) {
    this.values = values;
    this.paths = paths;
    this.warnings = warnings;
  }

  OptionValues values() {
    return values;
  }

  Paths paths() {
    return paths;
  }

  Consumer<String> warnings() {
    return warnings;
  }

  /** Warns about an option where it was set. */
  void warn(String option, String text) {
    warnings.accept(OneLine.of(place(option) + option + " " + text));
  }

  /** Refuses an option where it was set. */
  ConfigException refuse(String option, String problem, String remedy) {
    return new ConfigException(place(option) + option + " " + problem + "; " + remedy);
  }

  private String place(String option) {
    Option row = values.table().get(option);
    Optional<ConfigLine> line =
        row.type().isList() ? values.lines(option).stream().findFirst() : values.line(option);
    return line.map(l -> l.origin() + ": ").orElse("");
  }
}
