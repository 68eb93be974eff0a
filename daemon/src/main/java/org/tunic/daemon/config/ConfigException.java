package org.tunic.daemon.config;

/**
 * A configuration that cannot be used. The message is one line for the operator: place, what is
 * wrong, what to do about it.
 *
 * <p>Threads: immutable.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** An error without a place, such as a file that cannot be read. */
  public ConfigException(String message) {
    super(OneLine.of(message), null, false, false);
  }

  /** A port that cannot be opened. */
  public static ConfigException cannotListen(ConfigLine line, Throwable why) {
    Throwable cause = why.getCause() == null ? why : why.getCause();
    String reason = cause instanceof java.net.BindException ? "is in use or not ours" : "failed: " + cause.getMessage();
    return value(line, "cannot be listened on, it " + reason, "stop the other program, or write another port");
  }

  /** An error at a line: {@code FILE:LINE: problem; remedy}. */
  static ConfigException at(Origin origin, String problem, String remedy) {
    return new ConfigException(origin + ": " + problem + "; " + remedy);
  }

  /** An error in the value of an option: {@code FILE:LINE: Option "value": problem; remedy}. */
  static ConfigException value(ConfigLine line, String problem, String remedy) {
    return at(
        line.origin(), line.name() + " " + OneLine.quote(line.value()) + " " + problem, remedy);
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}
