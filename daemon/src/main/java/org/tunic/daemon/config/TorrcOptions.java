package org.tunic.daemon.config;

import java.util.List;

/** What can be said about torrc options without a configuration. Threads: any, no state. */
public final class TorrcOptions {
  private TorrcOptions() {}

  /** Names of C tor's options, as {@code --list-torrc-options} prints them. */
  public static List<String> names() {
    return OptionTable.load().sorted().stream()
        .filter(option -> !option.own())
        .map(Option::name)
        .toList();
  }

  /** Names of options that will go one day. */
  public static List<String> deprecatedNames() {
    return OptionTable.load().sorted().stream()
        .filter(Option::deprecated)
        .map(Option::name)
        .toList();
  }

  /** Lifetimes of relay keys, also of a configuration that is none of a relay. */
  public static Config.KeyLifetimes keyLifetimes(Config config) {
    return RelayRules.keyLifetimes(config.values());
  }
}
