package org.tunic.daemon.config;

import java.util.function.Consumer;

/**
 * Judges options of C tor that this version lacks: one that restricts stops the start, any other is
 * warned about. Set to its default an option is always fine.
 *
 * <p>Threads: any, because it has no state.
 */
final class OptionSupport {
  private OptionSupport() {}

  /**
   * Checks all options.
   *
   * @throws ConfigException at the first option that restricts
   */
  static void check(OptionValues values, Consumer<String> warnings) throws ConfigException {
    for (Option option : values.table().sorted()) {
      if (option.support() == Option.Support.SUPPORTED || values.isDefault(option.name())) {
        continue;
      }
      if (option.type().isList()) {
        for (ConfigLine line : values.lines(option.name())) {
          if (line.name().equals(option.name()) && !option.harmless().contains(line.value())) {
            lacking(option, line, warnings);
          }
        }
      } else if (!isHarmless(option, values)) {
        ConfigLine line = values.line(option.name()).orElseThrow();
        lacking(option, line, warnings);
      }
    }
  }

  private static boolean isHarmless(Option option, OptionValues values) {
    return option.harmless().contains(values.line(option.name()).map(ConfigLine::value).orElse(""));
  }

  private static void lacking(Option option, ConfigLine line, Consumer<String> warnings)
      throws ConfigException {
    if (!option.support().refuses()) {
      warnings.accept(
          OneLine.of(
              line.origin()
                  + ": "
                  + option.name()
                  + " is not supported by this version and has no effect"));
      return;
    }
    String remedy =
        option.defaultText() == null || option.defaultText().isEmpty()
            ? "remove the line to go on without it"
            : "remove the line or write \"" + option.name() + " " + option.defaultText() + "\"";
    throw ConfigException.value(
        line,
        "is not supported by this version and cannot be ignored, because "
            + option.support().restricts(),
        remedy);
  }
}
