package org.tunic.tracker.swarm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where a tracker keeps its swarms: in memory alone, or there and in a Redis that other trackers
 * share.
 *
 * <p>No method waits for anything but a lock that is held for microseconds, except where it says
 * so.
 *
 * <p>Threads: any.
 */
public interface PeerStore {
  /** A swarm in a scrape. */
  record Scraped(InfoHash torrent, Counts counts) {}

  /**
   * All of it in numbers.
   *
   * @param swarms that are known, with peers or without
   * @param seeds among the peers
   */
  record Totals(int swarms, int peers, int seeds) {}

  /**
   * Has what others say of these torrents brought here, if it is not; to be called before they are
   * asked about.
   *
   * @return completes, always without a failure, when all that can be had is here; empty if there
   *     is nothing to wait for
   */
  Optional<CompletionStage<Void>> freshen(List<InfoHash> torrents);

  /** Takes an announce and answers it. */
  Announced announce(Announce announce);

  /** How large a swarm is; {@link Counts#NONE} if it is not known. */
  Counts scrape(InfoHash torrent);

  /**
   * A page of all swarms that are known here, in the order of their names.
   *
   * @param after the last one of the page before; null for the first page
   * @param most swarms of the page, 1 or more
   */
  List<Scraped> page(@Nullable InfoHash after, int most);

  /** All of what is known here in numbers; looks at every swarm. */
  Totals totals();

  /** Peers of all swarms that are known here. */
  int peers();

  /** Swarms that are known here. */
  int swarms();

  /** Forgets peers that have not been heard of for {@code ttl}; returns how many. */
  int expire(Duration ttl);

  /** Forgets a torrent and all its peers, as when it comes to a list of those not served. */
  void forget(InfoHash torrent);
}
