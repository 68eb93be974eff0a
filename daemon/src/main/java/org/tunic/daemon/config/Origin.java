package org.tunic.daemon.config;

/**
 * Where a setting comes from, for error messages.
 *
 * <p>Threads: immutable.
 *
 * @param source name of the file as the operator wrote it, or a description such as {@code command
 *     line}
 * @param line line number from 1; 0 if the source has no lines
 */
public record Origin(String source, int line) {
  /** The command line. */
  public static final Origin COMMAND_LINE = new Origin("command line", 0);

  /** The built-in default. */
  public static final Origin DEFAULT = new Origin("default", 0);

  /** {@code FILE:LINE}, or the bare source. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
