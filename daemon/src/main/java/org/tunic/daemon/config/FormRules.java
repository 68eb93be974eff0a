package org.tunic.daemon.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What values look like of options that little or nothing comes of here: C tor refuses bad ones,
 * and a torrc that it refuses is refused.
 *
 * <p>Threads: one.
 */
final class FormRules {
  private static final List<String> PORT_LISTS =
      List.of("FirewallPorts", "LongLivedPorts", "RejectPlaintextPorts", "WarnPlaintextPorts");
  private static final Set<String> SCHEDULERS = Set.of("kist", "kistlite", "vanilla");
  private static final Set<String> ACCOUNTING = Set.of("sum", "max", "in", "out");
  private static final Pattern START =
      Pattern.compile("(day|week|month)(?: +([0-9]+))? +([0-9]{1,2}):([0-9]{1,2})");

  /** The last day a period may start on; 0 if it is not told. */
  private static final Map<String, Integer> LAST_DAY = Map.of("day", 0, "week", 7, "month", 28);

  private final Rules rules;
  private final OptionValues values;

  FormRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  void check() throws ConfigException {
    for (String option : PORT_LISTS) {
      for (String port : values.csv(option)) {
        if (Addresses.port(port, 1) < 0) {
          throw rules.refuse(
              option, "has " + OneLine.quote(port), "write numbers from 1 to 65535 with commas");
        }
      }
    }
    List<String> schedulers = values.csv("Schedulers");
    if (schedulers.isEmpty()
        || schedulers.stream().anyMatch(s -> !SCHEDULERS.contains(s.toLowerCase(Locale.ROOT)))) {
      throw rules.refuse(
          "Schedulers", "has an unknown one", "remove it: there is one scheduler here");
    }
    if (!ACCOUNTING.contains(values.text("AccountingRule").orElse("max"))) {
      throw rules.refuse("AccountingRule", "is unknown", "write sum, max, in or out");
    }
    String start = values.text("AccountingStart").orElse("").toLowerCase(Locale.ROOT);
    if (!start.isEmpty() && !isStart(start)) {
      throw rules.refuse(
          "AccountingStart",
          "is no start of a period",
          "write day HH:MM, week 1-7 HH:MM or month 1-28 HH:MM");
    }
  }

  private static boolean isStart(String text) {
    Matcher start = START.matcher(text);
    if (!start.matches()) {
      return false;
    }
    int lastDay = LAST_DAY.getOrDefault(start.group(1), 0);
    String day = start.group(2);
    boolean dayFits =
        day == null
            ? lastDay == 0
            : day.length() <= 2 && Integer.parseInt(day) >= 1 && Integer.parseInt(day) <= lastDay;
    return dayFits
        && Integer.parseInt(start.group(3)) < 24
        && Integer.parseInt(start.group(4)) < 60;
  }
}
