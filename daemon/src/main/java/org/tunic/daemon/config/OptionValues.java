package org.tunic.daemon.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of every option after defaults, files and command line, typed but not yet checked
 * against each other.
 *
 * <p>Asking for an option that does not exist, or as another type than its own, is a bug of the
 * caller and throws {@link IllegalArgumentException}.
 *
 * <p>Threads: immutable.
 */
public final class OptionValues {
  /**
   * The value of a single-valued option.
   *
   * @param value of the Java type of its {@link OptionType}; null if there is none
   * @param line where it was set; null if it is the default
   */
  record Setting(@Nullable Object value, @Nullable ConfigLine line) {}

  private final OptionTable table;
  private final Map<String, Setting> settings;
  private final Map<String, Setting> defaults;
  private final Map<String, List<ConfigLine>> lists;

  OptionValues(
      OptionTable table,
      Map<String, Setting> settings,
      Map<String, Setting> defaults,
      Map<String, List<ConfigLine>> lists) {
    this.table = table;
    this.settings = Map.copyOf(settings);
    this.defaults = Map.copyOf(defaults);
    Map<String, List<ConfigLine>> copies = new HashMap<>();
    lists.forEach((name, lines) -> copies.put(name, List.copyOf(lines)));
    this.lists = Map.copyOf(copies);
  }

  /** A switch. */
  public boolean flag(String name) {
    return (Boolean) value(name, OptionType.BOOL);
  }

  /** A switch that may be left to us. */
  public AutoBool auto(String name) {
    return (AutoBool) value(name, OptionType.AUTOBOOL);
  }

  /** A whole number. */
  public int number(String name) {
    return Math.toIntExact((Long) value(name, OptionType.INT, OptionType.POSINT));
  }

  /** A size in bytes. */
  public long bytes(String name) {
    return (Long) value(name, OptionType.MEMUNIT);
  }

  /** A time. */
  public Duration interval(String name) {
    return (Duration)
        value(name, OptionType.INTERVAL, OptionType.MSEC_INTERVAL, OptionType.CSV_INTERVAL);
  }

  /** A number with a fraction. */
  public double real(String name) {
    return (Double) value(name, OptionType.DOUBLE);
  }

  /** A text or path; empty if there is none. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(
        (String) setting(name, OptionType.STRING, OptionType.FILENAME).value());
  }

  /** Texts that were written with commas between. */
  public List<String> csv(String name) {
    return ((List<?>) value(name, OptionType.CSV)).stream().map(String::valueOf).toList();
  }

  /** Relays. */
  public RouterSet routers(String name) {
    return (RouterSet) value(name, OptionType.ROUTERSET);
  }

  /** The lines of a list option in order; for one of a group, those of the whole group. */
  public List<ConfigLine> lines(String name) {
    Option option = table.get(name);
    if (!option.type().isList()) {
      throw new IllegalArgumentException(name + " is no list");
    }
    return lists.getOrDefault(option.list(), List.of());
  }

  /** The values of {@link #lines}. */
  public List<String> lineValues(String name) {
    return lines(name).stream().map(ConfigLine::value).toList();
  }

  /** Whether the value, or the list, is the default one, whoever set it. */
  public boolean isDefault(String name) {
    Option option = table.get(name);
    if (option.type().isList()) {
      return lines(name).stream().noneMatch(line -> line.name().equals(option.name()));
    }
    return Objects.equals(raw(name), Objects.requireNonNull(defaults.get(name)).value());
  }

  /** Whether a single-valued option has the same value in both. */
  boolean sameAs(OptionValues other, String name) {
    return Objects.equals(raw(name), other.raw(name));
  }

  /** Where a single-valued option was set; {@link Origin#DEFAULT} if nowhere. */
  public Origin origin(String name) {
    ConfigLine line = setting(name).line();
    return line == null ? Origin.DEFAULT : line.origin();
  }

  /** The line that set a single-valued option. */
  Optional<ConfigLine> line(String name) {
    return Optional.ofNullable(setting(name).line());
  }

  /**
   * The settings as text, one {@code NAME VALUE} line each, for {@code --dump-config} and for
   * saving: quoted where needed, without hidden options. In order of name; the lines of a group
   * stay together in their own order, since the meaning of one may depend on the one before.
   *
   * @param all whether to show options that have their default value too
   */
  public String dump(boolean all) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (Option option : table.sorted()) {
      StringBuilder text = new StringBuilder();
      if (option.type().isList()) {
        for (ConfigLine line : lines(option.name())) {
          append(text, line.name(), line.value());
        }
      } else if (raw(option.name()) != null
          && ((all && !option.own()) || !isDefault(option.name()))) {
        append(text, option.name(), option.type().encode(raw(option.name())));
      }
      texts.put(option.list().toLowerCase(Locale.ROOT), text.toString());
    }
    return String.join("", texts.values());
  }

  private void append(StringBuilder text, String name, String value) {
    if (table.get(name).hidden() || name.startsWith("__")) {
      return;
    }
    text.append(name);
    if (!value.isEmpty()) {
      text.append(' ').append(TorrcQuote.ifNeeded(value));
    }
    text.append('\n');
  }

  private @Nullable Object raw(String name) {
    return setting(name).value();
  }

  private Setting setting(String name, OptionType... types) {
    Setting setting = settings.get(table.get(name).name());
    if (setting == null || (types.length > 0 && !List.of(types).contains(table.get(name).type()))) {
      throw new IllegalArgumentException(name + " is of another type");
    }
    return setting;
  }

  private Object value(String name, OptionType... types) {
    return Objects.requireNonNull(setting(name, types).value());
  }

  /** The same values with one replaced, as when a rule of C tor corrects what was written. */
  OptionValues with(String name, Object value) {
    Map<String, Setting> changed = new HashMap<>(settings);
    changed.put(table.get(name).name(), new Setting(value, setting(name).line()));
    return new OptionValues(table, changed, defaults, lists);
  }

  OptionTable table() {
    return table;
  }
}
