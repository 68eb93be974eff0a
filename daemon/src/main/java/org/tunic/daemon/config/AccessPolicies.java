package org.tunic.daemon.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who may connect to the ports that are not for everybody: rules in the form of an exit policy
 * without ports, for {@code directory.policy} to read. What no rule names is let in, except to the
 * MetricsPort.
 *
 * <p>Threads: immutable.
 *
 * @param socks SocksPolicy, for the ports of applications
 * @param directory DirPolicy, for the DirPort
 * @param metrics MetricsPortPolicy
 */
public record AccessPolicies(List<String> socks, List<String> directory, List<String> metrics) {
  static final Set<String> ACTIONS = Set.of("accept", "reject", "accept6", "reject6");

  /** Copies the lists. */
  public AccessPolicies {
    socks = List.copyOf(socks);
    directory = List.copyOf(directory);
    metrics = List.copyOf(metrics);
  }

  static AccessPolicies of(OptionValues values) throws ConfigException {
    List<String> metrics = rules(values, "MetricsPortPolicy");
    metrics.add("reject *:*");
    return new AccessPolicies(rules(values, "SocksPolicy"), rules(values, "DirPolicy"), metrics);
  }

  private static List<String> rules(OptionValues values, String option) throws ConfigException {
    List<String> rules = new ArrayList<>();
    for (ConfigLine line : values.lines(option)) {
      for (String rule : OptionType.csv(line.value())) {
        String[] words = rule.split("[ \\t]+", 2);
        boolean acts = ACTIONS.contains(words[0]);
        if (words.length != 2 || !acts || !AddressPattern.isValid(words[1].strip())) {
          throw ConfigException.value(
              line,
              "has a rule that cannot be read: " + OneLine.quote(rule),
              "write accept or reject ADDRESS[/BITS], with * for any");
        }
        // Ports mean nothing here.
        rules.add(words[0] + " " + Addresses.hostOf(words[1].strip()) + ":*");
      }
    }
    return rules;
  }
}
