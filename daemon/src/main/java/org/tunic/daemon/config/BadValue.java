package org.tunic.daemon.config;

/**
 * A value that does not fit its type; the caller knows option and line and makes a {@link
 * ConfigException} of it.
 *
 * <p>Threads: immutable.
 */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String remedy;

  /**
   * A problem that reads on from the option and its value.
   *
   * @param problem such as {@code is not a port}
   * @param remedy what to write instead, as an imperative
   */
  BadValue(String problem, String remedy) {
    super(problem, null, false, false);
    this.problem = problem;
    this.remedy = remedy;
  }

  ConfigException at(ConfigLine line) {
    return ConfigException.value(line, problem, remedy);
  }
}
