package org.tunic.daemon.config;

/**
 * What a running daemon may not change: the options that C tor marks so, and its roles.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Transition {
  private Transition() {}

  /**
   * Checks that a running daemon may go from one configuration to another.
   *
   * @throws ConfigException at the first option that may not change, in C tor's words
   */
  public static void check(Config running, Config next) throws ConfigException {
    for (Option option : running.values().table().sorted()) {
      if (option.fixed() && !running.values().sameAs(next.values(), option.name())) {
        throw refused(option.name());
      }
    }
    if (running.relay().isPresent() != next.relay().isPresent()) {
      throw new ConfigException(
          "While Tunic is running, starting or stopping to be a relay is not allowed; restart it");
    }
    if (running.authority().isPresent() != next.authority().isPresent()) {
      throw refused("V3AuthoritativeDirectory");
    }
  }

  private static ConfigException refused(String option) {
    return new ConfigException("While Tor is running, changing " + option + " is not allowed");
  }
}
