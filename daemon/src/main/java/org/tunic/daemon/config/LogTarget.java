package org.tunic.daemon.config;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A Log line: which messages go where.
 *
 * <p>Threads: immutable.
 *
 * @param origin where it was written
 * @param selected the domains of interest at each severity
 * @param destination where they go
 */
public record LogTarget(
    Origin origin, Map<Severity, Set<Domain>> selected, Destination destination) {

  /** Copies the map. */
  public LogTarget {
    EnumMap<Severity, Set<Domain>> copy = new EnumMap<>(Severity.class);
    selected.forEach((severity, domains) -> copy.put(severity, Set.copyOf(domains)));
    selected = Map.copyOf(copy);
  }

  /** Everything at least as severe as {@code least}. */
  public static LogTarget from(Severity least, Destination destination) {
    EnumMap<Severity, Set<Domain>> selected = new EnumMap<>(Severity.class);
    for (Severity severity : Severity.values()) {
      if (severity.compareTo(least) >= 0) {
        selected.put(severity, EnumSet.allOf(Domain.class));
      }
    }
    return new LogTarget(Origin.DEFAULT, selected, destination);
  }

  /** Whether a message is wanted. */
  public boolean wants(Severity severity, Domain domain) {
    return selected.getOrDefault(severity, Set.of()).contains(domain);
  }

  /** C tor's severities, least severe first. */
  public enum Severity {
    DEBUG,
    INFO,
    NOTICE,
    WARN,
    ERR;

    /** The name in a Log line and in the log. */
    public String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** C tor's logging domains: what a message is about. */
  public enum Domain {
    GENERAL,
    CRYPTO,
    NET,
    CONFIG,
    FS,
    PROTOCOL,
    MM,
    HTTP,
    APP,
    CONTROL,
    CIRC,
    REND,
    BUG,
    DIR,
    DIRSERV,
    OR,
    EDGE,
    ACCT,
    HIST,
    HANDSHAKE,
    HEARTBEAT,
    CHANNEL,
    SCHED,
    GUARD,
    CONSDIFF,
    DOS,
    PROCESS,
    PT,
    BTRACK,
    MESG
  }

  /** Where messages go. */
  public sealed interface Destination {
    /** Standard output. */
    record Stdout() implements Destination {}

    /** Standard error. */
    record Stderr() implements Destination {}

    /**
     * A file, which is appended to.
     *
     * @param path absolute
     */
    record LogFile(Path path) implements Destination {}
  }
}
