package org.tunic.tracker;

import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.swarm.PeerStore.Totals;

/**
 * What everybody may know of the tracker. Rounded to two digits: exact numbers would tell when
 * somebody announced something.
 *
 * <p>Threads: immutable.
 *
 * @param torrents with peers, or whose downloads are remembered
 * @param announces answered since the start
 */
public record Statistics(long torrents, long peers, long seeds, long announces, long scrapes) {
  /** As it is now. */
  static Statistics of(Totals totals, TrackerCounters counters) {
    return new Statistics(
        rounded(totals.swarms()),
        rounded(totals.peers()),
        rounded(totals.seeds()),
        rounded(counters.of(Kind.ANNOUNCES)),
        rounded(counters.of(Kind.SCRAPES)));
  }

  /** Down to two digits and zeros, at least to tens. */
  static long rounded(long value) {
    long unit = 10;
    while (value / unit >= 100) {
      unit *= 10;
    }
    return value / unit * unit;
  }

  /** A line for each number. */
  public String text() {
    return "torrents %d%npeers %d%nseeds %d%nannounces %d%nscrapes %d%n"
        .formatted(torrents, peers, seeds, announces, scrapes)
        .replace("\r", "");
  }

  /** A JSON object. */
  public String json() {
    return "{\"torrents\":%d,\"peers\":%d,\"seeds\":%d,\"announces\":%d,\"scrapes\":%d}"
        .formatted(torrents, peers, seeds, announces, scrapes);
  }
}
