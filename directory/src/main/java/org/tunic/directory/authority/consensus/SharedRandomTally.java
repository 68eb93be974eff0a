package org.tunic.directory.authority.consensus;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.vote.Vote;

/**
 * Which shared random values get into the consensus: the most frequent ones, if a majority of all
 * authorities votes for them; a value computed just now must also be voted by {@code
 * AuthDirNumSRVAgreements}.
 *
 * <p>Spec: srv-spec/specification#SRCONSENSUS. Threads: any, because all is pure.
 */
final class SharedRandomTally {
  private SharedRandomTally() {}

  static SharedRandom values(
      List<Vote> votes, int authorities, int agreementsForFresh, boolean fresh) {
    return new SharedRandom(
        agreed(votes, authorities, agreementsForFresh, fresh, SharedRandom::previous),
        agreed(votes, authorities, agreementsForFresh, fresh, SharedRandom::current));
  }

  private static SharedRandom.@Nullable Value agreed(
      List<Vote> votes,
      int authorities,
      int agreementsForFresh,
      boolean fresh,
      Function<SharedRandom, Optional<SharedRandom.Value>> which) {
    List<SharedRandom.Value> voted =
        votes.stream()
            .filter(vote -> vote.sharedRandom().participates())
            .flatMap(vote -> which.apply(vote.sharedRandom().values()).stream())
            .toList();
    SharedRandom.Value winner =
        Tally.mostFrequent(voted, Comparator.comparing(SharedRandom.Value::value)).orElse(null);
    if (winner == null) {
      return null;
    }
    long count = voted.stream().filter(v -> Objects.equals(v.value(), winner.value())).count();
    boolean kept = count > authorities / 2 && (!fresh || count >= agreementsForFresh);
    return kept ? winner : null;
  }
}
