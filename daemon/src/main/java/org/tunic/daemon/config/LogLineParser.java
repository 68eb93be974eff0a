package org.tunic.daemon.config;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.tunic.daemon.config.LogTarget.Destination;
import org.tunic.daemon.config.LogTarget.Domain;
import org.tunic.daemon.config.LogTarget.Severity;

/**
 * Reads Log lines: {@code [[DOMAIN,…]SEVERITY[-SEVERITY]]… [stdout|stderr|syslog|file PATH]}.
 *
 * <p>Spec: tor(1), Log
 *
 * <p>Threads: one; made for one line.
 */
final class LogLineParser {
  private static final String REMEDY =
      "write Log SEVERITY[-SEVERITY] stdout|stderr|file PATH with debug, info, notice, warn or err";

  private final ConfigLine line;
  private final Paths paths;
  private final Consumer<String> warnings;
  private final Map<Severity, Set<Domain>> selected = new EnumMap<>(Severity.class);
  private String rest;

  private LogLineParser(ConfigLine line, Paths paths, Consumer<String> warnings) {
    this.line = line;
    this.paths = paths;
    this.warnings = warnings;
    this.rest = line.value().strip();
  }

  static LogTarget parse(ConfigLine line, Paths paths, Consumer<String> warnings)
      throws ConfigException {
    return new LogLineParser(line, paths, warnings).parse();
  }

  private LogTarget parse() throws ConfigException {
    boolean bare = false;
    while (!rest.isEmpty() && !startsWithDestination()) {
      Set<Domain> domains;
      if (rest.startsWith("[")) {
        domains = domains();
      } else if (bare) {
        throw bad("has two severities without domains");
      } else {
        bare = true;
        domains = EnumSet.allOf(Domain.class);
      }
      select(word(), domains);
    }
    if (selected.isEmpty()) {
      throw bad("names no severity");
    }
    return new LogTarget(line.origin(), selected, destination());
  }

  private boolean startsWithDestination() {
    String lower = rest.toLowerCase(Locale.ROOT);
    return lower.startsWith("file")
        || lower.startsWith("stderr")
        || lower.startsWith("stdout")
        || lower.startsWith("syslog")
        || lower.startsWith("android");
  }

  private void select(String range, Set<Domain> domains) throws ConfigException {
    int dash = range.indexOf('-');
    Severity low = severity(dash < 0 ? range : range.substring(0, dash));
    Severity high = dash < 0 ? Severity.ERR : severity(range.substring(dash + 1));
    for (Severity severity : Severity.values()) {
      if (severity.compareTo(low) >= 0 && severity.compareTo(high) <= 0) {
        selected.computeIfAbsent(severity, _ -> EnumSet.noneOf(Domain.class)).addAll(domains);
      }
    }
  }

  private Severity severity(String name) throws ConfigException {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "debug" -> Severity.DEBUG;
      case "info" -> Severity.INFO;
      case "notice" -> Severity.NOTICE;
      case "warn" -> Severity.WARN;
      case "err" -> Severity.ERR;
      default -> throw bad("has an unknown severity " + OneLine.quote(name));
    };
  }

  private Set<Domain> domains() throws ConfigException {
    int close = rest.indexOf(']');
    if (close < 0) {
      throw bad("has a list of domains that does not end");
    }
    Set<Domain> wanted = EnumSet.noneOf(Domain.class);
    Set<Domain> unwanted = EnumSet.noneOf(Domain.class);
    boolean onlyNegated = true;
    for (String name : rest.substring(1, close).split(",")) {
      String stripped = name.strip();
      boolean negated = stripped.startsWith("~");
      onlyNegated &= negated;
      if (stripped.equals("*")) {
        wanted.addAll(EnumSet.allOf(Domain.class));
      } else {
        (negated ? unwanted : wanted).add(domain(negated ? stripped.substring(1) : stripped));
      }
    }
    if (onlyNegated) {
      wanted = EnumSet.allOf(Domain.class);
    }
    wanted.removeAll(unwanted);
    rest = rest.substring(close + 1).strip();
    return wanted;
  }

  private Domain domain(String name) throws ConfigException {
    Map<String, Domain> byName = new HashMap<>();
    for (Domain domain : Domain.values()) {
      byName.put(domain.name(), domain);
    }
    Domain domain = byName.get(name.toUpperCase(Locale.ROOT));
    if (domain == null) {
      throw bad("has an unknown domain " + OneLine.quote(name));
    }
    return domain;
  }

  private Destination destination() throws ConfigException {
    String kind = word().toLowerCase(Locale.ROOT);
    Destination destination =
        switch (kind) {
          case "", "stdout" -> new Destination.Stdout();
          case "stderr" -> new Destination.Stderr();
          case "syslog", "android" -> {
            warnings.accept(
                OneLine.of(
                    line.origin()
                        + ": Log: "
                        + kind
                        + " is not supported; these messages go to standard output, where journald"
                        + " collects them"));
            yield new Destination.Stdout();
          }
          case "file" -> file();
          default -> throw bad("has an unknown destination " + OneLine.quote(kind));
        };
    if (!rest.isEmpty()) {
      throw bad("has text after its destination");
    }
    return destination;
  }

  private Destination file() throws ConfigException {
    if (rest.isEmpty()) {
      throw bad("names no file");
    }
    Destination file = new Destination.LogFile(paths.absolute(line, rest));
    rest = "";
    return file;
  }

  private String word() {
    int end = 0;
    while (end < rest.length() && !TorrcParser.isSpace(rest.charAt(end))) {
      end++;
    }
    String word = rest.substring(0, end);
    rest = rest.substring(end).strip();
    return word;
  }

  private ConfigException bad(String problem) {
    return ConfigException.value(line, problem, REMEDY);
  }
}
