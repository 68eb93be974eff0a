package org.tunic.daemon.config;

/**
 * One setting as written: before the option table has had its say, the name may be unknown, an
 * alias or in the wrong case; afterwards it is canonical.
 *
 * <p>Threads: immutable.
 *
 * @param origin where it was written
 * @param command what to do with an earlier value of a list option
 * @param name the option, without {@code +} or {@code /}
 * @param value the value, unquoted; empty if there was none
 */
public record ConfigLine(Origin origin, Command command, String name, String value) {
  /** How a line treats what an earlier source (defaults file, torrc) set. */
  public enum Command {
    /** Replaces what an earlier source said, adds to lines of the same source. */
    SET,
    /** {@code +Option}: adds to what an earlier source said. */
    APPEND,
    /** {@code /Option}: removes the value. */
    CLEAR
  }

  ConfigLine withName(String canonical) {
    return new ConfigLine(origin, command, canonical, value);
  }
}
