package org.tunic.daemon.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All options of C tor, and the few of our own, with their types, defaults, aliases and our support
 * of each, read from {@code options.table}, whose head explains the columns.
 *
 * <p>Threads: immutable.
 */
final class OptionTable {
  private static final int NAME_TYPE_FLAGS_SUPPORT_DEFAULT = 5;

  /** The order C tor lists options in: by name without regard to case, underscores first. */
  private static final Comparator<Option> LISTED =
      Comparator.comparing(option -> option.name().toLowerCase(Locale.ROOT));

  /** A further name for an option. */
  record Alias(String name, boolean warned) {}

  private final Map<String, Option> byLowerName = new HashMap<>();
  private final Map<String, Alias> aliases = new HashMap<>();
  private final Set<String> obsolete = new HashSet<>();
  private final Map<String, String> testingDefaults = new LinkedHashMap<>();
  private final List<Option> sorted;

  private OptionTable(BufferedReader rows) throws IOException {
    for (String row = rows.readLine(); row != null; row = rows.readLine()) {
      if (!row.isEmpty() && row.charAt(0) != '#') {
        add(row);
      }
    }
    List<Option> options = new ArrayList<>(byLowerName.values());
    options.sort(LISTED);
    this.sorted = List.copyOf(options);
  }

  /** Reads the table that comes with the program. */
  static OptionTable load() {
    try (InputStream in = OptionTable.class.getResourceAsStream("options.table")) {
      if (in == null) {
        throw new IllegalStateException("options.table is missing from the jar");
      }
      return new OptionTable(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new IllegalStateException("options.table cannot be read", e);
    }
  }

  private void add(String row) {
    String[] words = row.split(" +", NAME_TYPE_FLAGS_SUPPORT_DEFAULT);
    switch (words[0]) {
      case "alias", "alias-warn" ->
          aliases.put(lower(words[1]), new Alias(words[2], words[0].equals("alias-warn")));
      case "obsolete" -> obsolete.add(lower(words[1]));
      case "testing" -> testingDefaults.put(words[1], row.split(" +", 3)[2]);
      default -> byLowerName.put(lower(words[0]), option(words));
    }
  }

  private static Option option(String[] words) {
    String name = words[0];
    int colon = words[1].indexOf(':');
    OptionType type = OptionType.valueOf(colon < 0 ? words[1] : words[1].substring(0, colon));
    String list = colon < 0 ? name : words[1].substring(colon + 1);
    String[] support = words[3].split("=", 2);
    return new Option(
        name,
        type,
        list,
        words[2].indexOf('h') >= 0,
        words[2].indexOf('i') >= 0,
        words[2].indexOf('d') >= 0,
        words[2].indexOf('o') >= 0,
        Option.Support.valueOf(support[0].toUpperCase(Locale.ROOT)),
        support.length == 2 ? Set.of(support[1]) : Set.of(),
        switch (words[4]) {
          case "<unset>" -> null;
          case "<empty>" -> "";
          default -> words[4];
        });
  }

  /** The option of exactly this name, in any case. */
  Optional<Option> find(String name) {
    return Optional.ofNullable(byLowerName.get(lower(name)));
  }

  /** The option of this name, which is our own and must exist. */
  Option get(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("no option " + name));
  }

  /** The first option whose name starts like this, in any case: C tor's abbreviations. */
  Optional<Option> findAbbreviated(String start) {
    return start.isEmpty()
        ? Optional.empty()
        : sorted.stream()
            .filter(option -> option.name().regionMatches(true, 0, start, 0, start.length()))
            .findFirst();
  }

  /** A further name for an option, in any case. */
  Optional<Alias> alias(String name) {
    return Optional.ofNullable(aliases.get(lower(name)));
  }

  /** Whether C tor once had this option and now skips it. */
  boolean isObsolete(String name) {
    return obsolete.contains(lower(name));
  }

  /** All options in the order of {@code --list-torrc-options}. */
  List<Option> sorted() {
    return sorted;
  }

  /** Defaults that TestingTorNetwork 1 brings, by option. */
  Map<String, String> testingDefaults() {
    return testingDefaults;
  }

  /** The option that a mistyped name most likely meant: two letters away, one if it is short. */
  Optional<String> nearest(String name) {
    String wanted = lower(name);
    String best = null;
    int bestDistance = wanted.length() < 6 ? 2 : 3;
    for (Option option : sorted) {
      int distance = distance(wanted, lower(option.name()), bestDistance);
      if (distance < bestDistance) {
        best = option.name();
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Levenshtein distance, or {@code limit} if it is not below. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return Math.min(limit, row[b.length()]);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
