package org.tunic.directory.authority.consensus;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.tunic.directory.doc.vote.Vote;

/**
 * Consensus methods: numbered versions of the way to compute a consensus.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: any, because all is pure.
 */
public final class ConsensusMethod {
  public static final int MIN_SUPPORTED = 32;
  public static final int MAX_SUPPORTED = 35;

  /** From here on the microdesc flavour shows no real publication times. */
  static final int SUPPRESS_PUBLISHED = 33;

  /** From here on there are no {@code package} lines. */
  static final int OMIT_PACKAGES = 34;

  /** From here on microdescriptors have {@code family-ids}. */
  public static final int FAMILY_IDS = 35;

  /** All methods we know, ascending. */
  public static final List<Integer> SUPPORTED = List.of(32, 33, 34, 35);

  private ConsensusMethod() {}

  /**
   * The method these votes lead to: the highest that more than two thirds of them list. If we lack
   * it, our highest: then our consensus will differ from the others', and the operator has to
   * update.
   */
  public static int choose(Collection<Vote> votes) {
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    votes.forEach(vote -> vote.methods().forEach(method -> counts.merge(method, 1, Integer::sum)));
    int least = votes.size() * 2 / 3;
    for (int method : counts.descendingKeySet()) {
      if (counts.getOrDefault(method, 0) > least) {
        return method >= MIN_SUPPORTED && method <= MAX_SUPPORTED ? method : MAX_SUPPORTED;
      }
    }
    return MAX_SUPPORTED;
  }
}
