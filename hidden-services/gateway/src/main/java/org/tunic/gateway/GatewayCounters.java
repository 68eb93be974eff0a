package org.tunic.gateway;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the gateway did since it started.
 *
 * <p>Threads: any.
 */
public final class GatewayCounters {
  /** What is counted. */
  public enum Kind {
    /** Announces of clients that a tracker answered. */
    ANNOUNCES,
    /** Scrapes of clients. */
    SCRAPES,
    /** Announces and scrapes that no tracker answered, or with something else than an answer. */
    NOT_ANSWERED,
    /** Requests without the token, or with another one. */
    WRONG_TOKEN,
    /** Requests to another host name, or with a sign of a web page. */
    FOREIGN,
    /** Requests for what is not behind an onion address. */
    NOT_ONION,
    /** Requests that could not be read. */
    BAD_REQUESTS,
    /** Requests and torrents there was no room for. */
    NO_ROOM,
    /** Peers that the client dialled and that were reached. */
    DIALLED,
    /** Those that were not. */
    NOT_REACHED,
    /** Peers that dialled the client and reached it. */
    CAME,
    /** Those that did not: no room for them, or no client. */
    TURNED_AWAY,
    /** Connections of either kind that ended before a handshake. */
    SILENT,
    /** Connections that spoke another protocol, an encrypted one, or of another torrent. */
    VIOLATIONS
  }

  private final Map<Kind, LongAdder> counters = new EnumMap<>(Kind.class);

  /** All at zero. */
  public GatewayCounters() {
    for (Kind kind : Kind.values()) {
      counters.put(kind, new LongAdder());
    }
  }

  /** Counts one. */
  public void count(Kind kind) {
    LongAdder counter = counters.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  /** How many there were. */
  public long of(Kind kind) {
    LongAdder counter = counters.get(kind);
    return counter == null ? 0 : counter.sum();
  }
}
