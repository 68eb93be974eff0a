package org.tunic.directory.doc.vote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.directory.doc.consensus.SharedRandom;

/**
 * The shared-random part of a vote.
 *
 * @param participates whether the authority takes part; if not, the rest counts for nothing
 * @param commits the commitments it knows
 * @param values the values it believes in
 *     <p>Spec: srv-spec/specification. Threads: immutable.
 */
public record SharedRandomVote(
    boolean participates, List<SharedRandomCommit> commits, SharedRandom values) {
  /** The part of an authority that does not participate. */
  public static final SharedRandomVote NONE =
      new SharedRandomVote(false, List.of(), SharedRandom.NONE);

  /** Most commits kept from one vote; there is one for each authority. */
  public static final int MAX_COMMITS = 64;

  public SharedRandomVote {
    commits = List.copyOf(commits);
  }

  /** The lines of a vote; nothing if the authority does not participate. */
  public String lines(boolean revealPhase) {
    if (!participates) {
      return "";
    }
    List<String> lines = new ArrayList<>();
    for (SharedRandomCommit commit : commits) {
      lines.add(commit.line(revealPhase) + "\n");
    }
    Collections.sort(lines);
    return "shared-rand-participate\n" + String.join("", lines) + valueLines(values);
  }

  /** The two lines of votes and consensuses that carry values; those that exist. */
  public static String valueLines(SharedRandom values) {
    StringBuilder out = new StringBuilder();
    values.previous().ifPresent(v -> out.append("shared-rand-previous-value ").append(text(v)));
    values.current().ifPresent(v -> out.append("shared-rand-current-value ").append(text(v)));
    return out.toString();
  }

  private static String text(SharedRandom.Value value) {
    return value.reveals() + " " + Base64s.encode(value.value().toArray()) + "\n";
  }
}
