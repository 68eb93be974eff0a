package org.tunic.daemon.statistics;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.guard.StateDocument;
import org.tunic.router.guard.StateFile;
import org.tunic.router.limits.TrafficCounters;

/**
 * What a relay carried, each way: over all connections, over IPv6, and for directory requests that
 * it answers. {@link #sample} is called once a second.
 *
 * <p>The most that it carried for ten seconds, the lesser of the two directions, is the "observed"
 * bandwidth of its descriptor. The histories of the last days go into its extra-info document, and
 * into the state file, in C tor's form, so that either program takes up where the other stopped.
 *
 * <p>Spec: dir-spec/server-descriptor-format#bandwidth. Threads: any, guarded by {@code this};
 * loading and saving block on the disk.
 */
public final class TrafficHistory {
  /** Time between two savings: as in C tor, a crash may cost that much. */
  public static final Duration SAVE_PERIOD = Duration.ofHours(2);

  private static final Logger LOG = LoggerFactory.getLogger(TrafficHistory.class);

  /** In the order of the document. */
  private enum Kind {
    WRITE("write-history", "Write"),
    READ("read-history", "Read"),
    IPV6_WRITE("ipv6-write-history", "IPv6Write"),
    IPV6_READ("ipv6-read-history", "IPv6Read"),
    DIR_WRITE("dirreq-write-history", "DirWrite"),
    DIR_READ("dirreq-read-history", "DirRead");

    private final String keyword;
    private final String stateName;

    Kind(String keyword, String stateName) {
      this.keyword = keyword;
      this.stateName = stateName;
    }

    private long bytes(TrafficCounters counters) {
      return switch (this) {
        case WRITE -> counters.bytesWritten();
        case READ -> counters.bytesRead();
        case IPV6_WRITE -> counters.ipv6BytesWritten();
        case IPV6_READ -> counters.ipv6BytesRead();
        case DIR_WRITE -> counters.directoryBytesWritten();
        case DIR_READ -> counters.directoryBytesRead();
      };
    }
  }

  private final TrafficCounters counters;
  private final InstantSource clock;
  private final Map<Kind, BandwidthHistory> histories = new EnumMap<>(Kind.class);

  /** What the counters said at the last sample. */
  private final Map<Kind, Long> seen = new EnumMap<>(Kind.class);

  /** Nothing yet. */
  public TrafficHistory(TrafficCounters counters, InstantSource clock) {
    this.counters = counters;
    this.clock = clock;
    reset();
  }

  private synchronized void reset() {
    for (Kind kind : Kind.values()) {
      histories.put(kind, new BandwidthHistory(clock.instant()));
    }
  }

  /** Takes note of what was carried since the last time. */
  public synchronized void sample() {
    Instant now = clock.instant();
    for (Kind kind : Kind.values()) {
      long bytes = kind.bytes(counters);
      long more = bytes - seen.getOrDefault(kind, 0L);
      seen.put(kind, bytes);
      if (more > 0) {
        history(kind).add(now, more);
      }
    }
  }

  /**
   * Bytes a second that the relay has shown it can carry.
   *
   * @param least how old the present day must be to count
   */
  public synchronized int observed(Duration least) {
    long seconds = least.toSeconds();
    long most = Math.min(history(Kind.READ).most(seconds), history(Kind.WRITE).most(seconds));
    return (int) Math.min(Integer.MAX_VALUE, most / BandwidthHistory.ROLLING_SECONDS);
  }

  /**
   * The lines of an extra-info document, in its order; none before a day has ended.
   *
   * @param relayedRate bytes a second that we carry for others: what is above tells of our own
   *     traffic; 0 if that is not limited
   */
  public synchronized List<String> lines(long relayedRate) {
    long atMost =
        relayedRate == 0
            ? Long.MAX_VALUE
            : Math.min(relayedRate, Long.MAX_VALUE / BandwidthHistory.PERIOD_SECONDS)
                * BandwidthHistory.PERIOD_SECONDS;
    List<String> lines = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      history(kind).line(kind.keyword, atMost).ifPresent(lines::add);
    }
    return lines;
  }

  /**
   * Takes up where the last run stopped. What cannot be read counts as nothing, as in C tor.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public void load(StateFile file) throws IOException {
    StateDocument state = file.read();
    Map<Kind, BandwidthHistory> loaded = new EnumMap<>(Kind.class);
    try {
      for (Kind kind : Kind.values()) {
        loaded.put(kind, BandwidthHistory.from(state, kind.stateName, clock.instant()));
      }
    } catch (NumberFormatException | DateTimeException e) {
      LOG.warn("The bandwidth history in the state file cannot be read; it begins anew");
      reset();
      return;
    }
    synchronized (this) {
      histories.putAll(loaded);
    }
  }

  /**
   * Writes it to the state file.
   *
   * @throws IOException if that cannot be read or written
   */
  public void save(StateFile file) throws IOException {
    file.update(this::into);
  }

  private synchronized StateDocument into(StateDocument state) {
    StateDocument changed = state;
    for (Kind kind : Kind.values()) {
      changed = history(kind).into(changed, kind.stateName);
    }
    return changed;
  }

  private BandwidthHistory history(Kind kind) {
    return Objects.requireNonNull(histories.get(kind)); // every kind has one
  }
}
