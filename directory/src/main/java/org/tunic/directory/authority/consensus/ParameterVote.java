package org.tunic.directory.authority.consensus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.tunic.directory.doc.vote.Vote;

/**
 * Consensus parameters: the low median of what was voted, if more than half of the authorities or
 * at least three voted on it.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: immutable.
 */
final class ParameterVote {
  private static final int ENOUGH_VOTES = 3;

  private final SortedMap<String, Integer> result;

  private ParameterVote(SortedMap<String, Integer> result) {
    this.result = result;
  }

  static ParameterVote of(List<Vote> votes, int authorities) {
    SortedMap<String, List<Integer>> voted = byText();
    for (Vote vote : votes) {
      vote.parameters()
          .forEach((name, value) -> voted.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
    }
    SortedMap<String, Integer> result = byText();
    voted.forEach(
        (name, values) -> {
          if (values.size() > authorities / 2 || values.size() >= ENOUGH_VOTES) {
            result.put(name, (int) Tally.median(values.stream().mapToLong(v -> v).toArray()));
          }
        });
    return new ParameterVote(result);
  }

  int get(String name, int byDefault) {
    return result.getOrDefault(name, byDefault);
  }

  /** The {@code params} line with its end; nothing if no parameter got enough votes. */
  String line() {
    if (result.isEmpty()) {
      return "";
    }
    StringJoiner line = new StringJoiner(" ", "params ", "\n");
    for (Map.Entry<String, Integer> parameter : result.entrySet()) {
      line.add(parameter.getKey() + "=" + parameter.getValue());
    }
    return line.toString();
  }

  private static <V> SortedMap<String, V> byText() {
    return new TreeMap<>(
        Comparator.comparing(name -> name + "=")); // the equals sign counts in the order
  }
}
