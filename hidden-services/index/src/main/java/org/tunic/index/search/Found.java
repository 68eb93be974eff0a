package org.tunic.index.search;

import java.util.List;
import org.tunic.tracker.swarm.InfoHash;

/**
 * What was found.
 *
 * <p>Threads: immutable.
 *
 * @param total all that match
 * @param torrents those asked for, in order
 */
public record Found(int total, List<InfoHash> torrents) {
  /** Copies the list. */
  public Found {
    torrents = List.copyOf(torrents);
  }
}
