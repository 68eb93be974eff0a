package org.tunic.tracker;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the tracker did since it started.
 *
 * <p>Threads: any.
 */
public final class TrackerCounters {
  /** What is counted. */
  public enum Kind {
    /** Announces that were answered with peers or with none. */
    ANNOUNCES,
    /** Those of them that their visitor may make again and again: a peer that was known. */
    KNOWN_PEERS,
    /** Announces that said the same as the last one of their peer, seconds ago. */
    REPEATS,
    /** New peers of torrents for which there was no room. */
    FULL_OF_TORRENTS,
    /** New peers for which there was no room. */
    FULL_OF_PEERS,
    /** New peers for which there was no room in their swarm. */
    FULL_SWARMS,
    /** New peers of visitors who had brought as many as one may. */
    FULL_VISITORS,
    /** Scrapes. */
    SCRAPES,
    /** Requests that could not be read, or not be answered as they were. */
    BAD_REQUESTS,
    /** Announces under a name that has another key. */
    WRONG_KEYS,
    /** Requests for torrents that are not served. */
    NOT_SERVED,
    /** Requests without the passkey of an account, or with that of one that has expired. */
    NOT_ADMITTED,
    /** Requests with a line or headers that are too long. */
    TOO_LONG,
    /** Requests behind one that was being checked, more than may wait. */
    TOO_MANY_WAITING,
    /** Visitors who share an allowance with others, since there are too many to tell apart. */
    STRANGERS,
    /** Requests above the rate of their visitor. */
    RATE_LIMITED,
    /** Requests that the threads for signatures had no room for. */
    BUSY,
    /** Requests that came through another proxy than ours. */
    INPROXIES,
    /** Connections and streams there was no room for. */
    CONNECTIONS_REFUSED,
    /** Those that were closed because they took too long. */
    TIMEOUTS,
    /** Peers forgotten because they did not announce themselves again. */
    EXPIRED_PEERS
  }

  private final Map<Kind, LongAdder> counters = new EnumMap<>(Kind.class);

  /** All at zero. */
  public TrackerCounters() {
    for (Kind kind : Kind.values()) {
      counters.put(kind, new LongAdder());
    }
  }

  /** Counts one. */
  public void count(Kind kind) {
    add(kind, 1);
  }

  /** Counts several. */
  public void add(Kind kind, long many) {
    LongAdder counter = counters.get(kind);
    if (counter != null) {
      counter.add(many);
    }
  }

  /** How many there were. */
  public long of(Kind kind) {
    LongAdder counter = counters.get(kind);
    return counter == null ? 0 : counter.sum();
  }
}
