package org.tunic.daemon.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

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

  /**
   * A port that cannot be opened.
   *
   * @param line where the port was written
   * @param why what the system said; the innermost cause counts
   */
  public static ConfigException cannotListen(ConfigLine line, @Nullable Throwable why) {
    Throwable cause = why;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    // Netty's native transports have no exception type for each reason, only strerror's words.
    String said = cause == null ? "" : String.valueOf(cause.getMessage());
    String reason = said.toLowerCase(Locale.ROOT);
    if (reason.contains("in use")) {
      return value(
          line,
          "cannot be opened, another program uses the port",
          "stop that program, or write another port");
    }
    if (reason.contains("permission denied")) {
      return value(
          line,
          "cannot be opened, ports below 1024 need a privilege",
          "write a higher port and forward to it, or grant CAP_NET_BIND_SERVICE");
    }
    if (reason.contains("assign requested address")) {
      return value(
          line, "cannot be opened, the address is none of this machine's", "correct the address");
    }
    return value(line, "cannot be opened: " + said, "write another address and port");
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
