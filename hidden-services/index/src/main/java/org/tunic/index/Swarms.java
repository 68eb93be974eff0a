package org.tunic.index;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/**
 * The tracker, as the index needs it.
 *
 * <p>Threads: any.
 */
public interface Swarms {
  /** No tracker in this process. */
  Swarms NONE =
      new Swarms() {
        @Override
        public Optional<Counts> counts(InfoHash torrent) {
          return Optional.empty();
        }

        @Override
        public Map<String, Long> totals() {
          return Map.of();
        }

        @Override
        public void refuse(Set<InfoHash> torrents) {}
      };

  /** How large a swarm is now; empty if nobody can tell. */
  Optional<Counts> counts(InfoHash torrent);

  /** Numbers about all swarms, by their names for people; rounded where they are shown. */
  Map<String, Long> totals();

  /** Serves none of these from now on: all that were removed so far. */
  void refuse(Set<InfoHash> torrents);
}
