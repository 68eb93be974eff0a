package org.tunic.daemon.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tunic.daemon.config.ConfigLine.Command;
import org.tunic.daemon.config.OptionValues.Setting;

/**
 * Puts defaults, the defaults file, the torrc and the command line on top of each other.
 *
 * <p>Of a single-valued option the last line counts. The lines of a list, and those of a set of
 * relays, add up within one source and replace what an earlier source said, unless the first of
 * them is an {@code +Option}. Options of one group (a port and its {@code __} twin, the
 * HiddenService options) share one list.
 *
 * <p>Threads: one; made for one configuration.
 */
final class OptionAssembler {
  private final OptionTable table;
  private final Consumer<String> warnings;
  private final Map<String, Setting> defaults = new HashMap<>();
  private final Map<String, Setting> settings = new HashMap<>();
  private final Map<String, List<ConfigLine>> lists = new HashMap<>();
  private final Set<String> fromEarlierSource = new HashSet<>();

  /** Sets of relays that were written somewhere. */
  private final Set<String> routerSets = new HashSet<>();

  private OptionAssembler(OptionTable table, Consumer<String> warnings, boolean testingTorNetwork) {
    this.table = table;
    this.warnings = warnings;
    for (Option option : table.sorted()) {
      if (!option.type().isList()) {
        String text =
            testingTorNetwork
                ? table.testingDefaults().getOrDefault(option.name(), option.defaultText())
                : option.defaultText();
        defaults.put(option.name(), new Setting(defaultValue(option, text), null));
      }
    }
    settings.putAll(defaults);
  }

  /**
   * Assembles sources, earliest first.
   *
   * @throws ConfigException at an unknown option or a value that does not fit its type
   */
  static OptionValues assemble(
      OptionTable table, List<List<ConfigLine>> sources, Consumer<String> warnings)
      throws ConfigException {
    List<String> held = new ArrayList<>();
    OptionValues values = assemble(table, sources, held::add, false);
    if (values.flag("TestingTorNetwork")) {
      held.clear();
      values = assemble(table, sources, held::add, true);
    }
    held.forEach(warnings);
    return values;
  }

  private static OptionValues assemble(
      OptionTable table,
      List<List<ConfigLine>> sources,
      Consumer<String> warnings,
      boolean testingTorNetwork)
      throws ConfigException {
    OptionAssembler assembler = new OptionAssembler(table, warnings, testingTorNetwork);
    for (List<ConfigLine> source : sources) {
      assembler.assign(source);
    }
    return new OptionValues(table, assembler.settings, assembler.defaults, assembler.lists);
  }

  private static @Nullable Object defaultValue(Option option, @Nullable String text) {
    if (text == null) {
      return option.type().cleared();
    }
    try {
      return option.type().parse(text);
    } catch (BadValue e) {
      throw new IllegalStateException("bad default of " + option.name(), e);
    }
  }

  private void assign(List<ConfigLine> source) throws ConfigException {
    fromEarlierSource.addAll(lists.keySet());
    fromEarlierSource.addAll(routerSets);
    Set<String> seen = new HashSet<>();
    for (ConfigLine line : source) {
      Optional<Option> option = option(line);
      if (option.isPresent()) {
        assign(option.get(), line.withName(option.get().name()), seen);
      }
    }
  }

  /** The option of a line; empty if it is an obsolete one, to be skipped. */
  private Optional<Option> option(ConfigLine line) throws ConfigException {
    String name = line.name();
    Optional<OptionTable.Alias> alias = table.alias(name);
    if (alias.isPresent()) {
      if (alias.get().warned()) {
        warn(line, "the option " + name + " is deprecated; use " + alias.get().name());
      }
      name = alias.get().name();
    }
    if (table.isObsolete(name)) {
      warn(line, "skipping the obsolete option " + OneLine.quote(name));
      return Optional.empty();
    }
    Optional<Option> option = table.find(name);
    if (option.isEmpty()) {
      option = table.findAbbreviated(name);
      option.ifPresent(
          found ->
              warn(
                  line, "the abbreviation " + line.name() + " is deprecated; use " + found.name()));
    }
    if (option.isEmpty()) {
      throw unknown(line);
    }
    if (option.get().deprecated()) {
      warn(line, "the option " + option.get().name() + " is deprecated");
    }
    return option;
  }

  private ConfigException unknown(ConfigLine line) {
    return ConfigException.at(
        line.origin(),
        "unknown option " + OneLine.quote(line.name()),
        table
            .nearest(line.name())
            .map(near -> "did you mean " + near + "?")
            .orElse("remove the line, or see --list-torrc-options for the names"));
  }

  private void assign(Option option, ConfigLine line, Set<String> seen) throws ConfigException {
    if (option.type().isList()) {
      assignList(option, line);
    } else if (option.type() == OptionType.ROUTERSET) {
      assignRouters(option, line);
    } else if (line.value().isEmpty()) {
      settings.put(option.name(), new Setting(option.type().cleared(), line));
    } else {
      if (!seen.add(option.name())) {
        warn(line, option.name() + " is set more than once; only the last value counts");
      }
      try {
        settings.put(option.name(), new Setting(option.type().parse(line.value()), line));
      } catch (BadValue e) {
        throw e.at(line);
      }
    }
  }

  private void assignRouters(Option option, ConfigLine line) throws ConfigException {
    if (line.command() == Command.CLEAR) {
      settings.put(option.name(), new Setting(RouterSet.EMPTY, line));
      return;
    }
    if (line.value().isEmpty()) {
      warn(line, option.name() + " has no value; the line is skipped");
      return;
    }
    boolean replaces = fromEarlierSource.remove(option.name()) && line.command() != Command.APPEND;
    try {
      RouterSet added = RouterSet.parse(line.value());
      Object before = Objects.requireNonNull(settings.get(option.name())).value(); // a default
      RouterSet all = !replaces && before instanceof RouterSet earlier ? earlier.and(added) : added;
      settings.put(option.name(), new Setting(all, line));
    } catch (BadValue e) {
      throw e.at(line);
    }
    routerSets.add(option.name());
  }

  private void assignList(Option option, ConfigLine line) {
    List<ConfigLine> lines = lists.computeIfAbsent(option.list(), _ -> new ArrayList<>());
    if (line.command() == Command.CLEAR) {
      lines.removeIf(earlier -> earlier.name().equals(option.name()));
      return;
    }
    if (line.value().isEmpty()) {
      warn(line, option.name() + " has no value; the line is skipped");
      return;
    }
    if (fromEarlierSource.remove(option.list()) && line.command() != Command.APPEND) {
      lines.clear();
    }
    lines.add(line);
  }

  private void warn(ConfigLine line, String text) {
    warnings.accept(OneLine.of(line.origin() + ": " + text));
  }
}
