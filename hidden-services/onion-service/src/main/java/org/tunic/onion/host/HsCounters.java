package org.tunic.onion.host;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one service did, in numbers that tell nothing of whom: those that C tor's MetricsPort gives
 * of a service, and a few more.
 *
 * <p>Threads: any.
 */
public final class HsCounters {
  /** Why an introduction was refused, by C tor's labels. */
  public enum Refusal {
    /** Came to a point that has no such key. C tor counts it and so do we: never yet. */
    BAD_AUTH_KEY("bad_auth_key"),

    /** Malformed, sealed to somebody else, tampered with, or with a proof of work that is none. */
    INVALID_INTRODUCE2("invalid_introduce2"),

    /** Of no period whose descriptor is up; cannot be told from the one before, so never. */
    SUBCREDENTIAL("subcredential"),

    /** Names a rendezvous that another one named a short time ago. */
    REPLAY("replay");

    private final String label;

    Refusal(String label) {
      this.label = label;
    }

    /** C tor's word. */
    public String label() {
      return label;
    }
  }

  /** Why a client was not met, by C tor's labels. */
  public enum MeetingError {
    /** A circuit to the rendezvous point could not be built; another may follow. */
    RP_CONN_FAILURE("rp_conn_failure"),

    /** C tor built a shorter path than it wanted; we never do. */
    INVALID_PATH("invalid_path"),

    /** RENDEZVOUS1 could not be sent. */
    RENDEZVOUS1("rendezvous1"),

    /** The client's half of the handshake is no good. */
    E2E_CIRC("e2e_circ"),

    /** No further circuit was to be had. */
    RETRY("retry");

    private final String label;

    MeetingError(String label) {
      this.label = label;
    }

    /** C tor's word. */
    public String label() {
      return label;
    }
  }

  /** How long circuits took, as a histogram. Threads: any. */
  public static final class BuildTimes {
    /** The upper ends of the buckets in milliseconds, each counted with all below it. */
    public static final List<Long> BOUNDS_MILLIS = List.of(1000L, 5000L, 10_000L, 30_000L, 60_000L);

    private final List<LongAdder> within =
        BOUNDS_MILLIS.stream().map(_ -> new LongAdder()).toList();
    private final LongAdder count = new LongAdder();
    private final LongAdder sumMillis = new LongAdder();

    void took(Duration time) {
      long millis = Math.max(0, time.toMillis());
      for (int i = 0; i < within.size(); i++) {
        if (millis <= BOUNDS_MILLIS.get(i)) {
          within.get(i).increment();
        }
      }
      count.increment();
      sumMillis.add(millis);
    }

    /** Circuits that took at most {@link #BOUNDS_MILLIS}[{@code bound}]. */
    public long within(int bound) {
      return within.get(bound).sum();
    }

    /** All of them. */
    public long count() {
      return count.sum();
    }

    /** The time they took together. */
    public long sumMillis() {
      return sumMillis.sum();
    }
  }

  /** What streams to one virtual port carried. Threads: any. */
  public static final class PortBytes {
    private final LongAdder written = new LongAdder();
    private final LongAdder read = new LongAdder();

    void wrote(int bytes) {
      written.add(bytes);
    }

    void readSome(int bytes) {
      read.add(bytes);
    }

    /** Bytes from visitors to the target. */
    public long written() {
      return written.sum();
    }

    /** Bytes from the target to visitors. */
    public long read() {
      return read.sum();
    }
  }

  private final LongAdder introductions = new LongAdder();
  private final Map<Refusal, LongAdder> refused = adders(Refusal.class);
  private final LongAdder dropped = new LongAdder();
  private final LongAdder begun = new LongAdder();
  private final LongAdder met = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final Map<MeetingError, LongAdder> failed = adders(MeetingError.class);
  private final LongAdder established = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder uploads = new LongAdder();
  private final LongAdder failedUploads = new LongAdder();
  private final BuildTimes introTimes = new BuildTimes();
  private final BuildTimes meetingTimes = new BuildTimes();
  private final Map<Integer, PortBytes> ports = new ConcurrentHashMap<>();
  private volatile long waiting;
  private volatile long suggestedEffort;

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      adders.put(each, new LongAdder());
    }
    return adders;
  }

  /** Of one reason; the maps never change. */
  private static <E> LongAdder of(Map<E, LongAdder> adders, E why) {
    return Objects.requireNonNull(adders.get(why));
  }

  void introduced() {
    introductions.increment();
  }

  void refused(Refusal why) {
    of(refused, why).increment();
  }

  void dropped(int number) {
    dropped.add(number);
  }

  void meetingBegun() {
    begun.increment();
  }

  void met() {
    met.increment();
  }

  /** The circuit of somebody who was met is closed. */
  void visitorLeft() {
    left.increment();
  }

  void meetingFailed(MeetingError why) {
    of(failed, why).increment();
  }

  void pointEstablished(Duration time) {
    established.increment();
    introTimes.took(time);
  }

  void pointLost() {
    lost.increment();
  }

  void rendezvousBuilt(Duration time) {
    meetingTimes.took(time);
  }

  void uploaded(boolean stored) {
    (stored ? uploads : failedUploads).increment();
  }

  void waiting(long number) {
    waiting = number;
  }

  void suggestedEffort(long effort) {
    suggestedEffort = effort;
  }

  /**
   * What streams to a port carried.
   *
   * @param virtualPort one the service has, so that there are no more of them than ports
   */
  public PortBytes port(int virtualPort) {
    return ports.computeIfAbsent(virtualPort, _ -> new PortBytes());
  }

  /** INTRODUCE2 messages that were good. */
  public long introductions() {
    return introductions.sum();
  }

  /** Those that were not. */
  public long refusedIntroductions() {
    long sum = 0;
    for (Refusal why : Refusal.values()) {
      sum += refusedIntroductions(why);
    }
    return sum;
  }

  /** Those that were not, for one reason. */
  public long refusedIntroductions(Refusal why) {
    return of(refused, why).sum();
  }

  /** Those for which there was no room, or no time. */
  public long droppedIntroductions() {
    return dropped.sum();
  }

  /** Introductions that were answered, with what success ever. */
  public long meetingsBegun() {
    return begun.sum();
  }

  /** Visitors met. */
  public long meetings() {
    return met.sum();
  }

  /** Visitors who are there now. */
  public long visitors() {
    return Math.max(0, met.sum() - left.sum());
  }

  /** What went wrong on the way to visitors; for one visitor it may be more than one thing. */
  public long failedMeetings(MeetingError why) {
    return of(failed, why).sum();
  }

  /** Introduction points that are established now. */
  public long introPoints() {
    return Math.max(0, established.sum() - lost.sum());
  }

  /** From the launch of a circuit to INTRO_ESTABLISHED. */
  public BuildTimes introTimes() {
    return introTimes;
  }

  /** From the launch of the circuit that reached the rendezvous point to RENDEZVOUS1. */
  public BuildTimes meetingTimes() {
    return meetingTimes;
  }

  /** Introductions that wait to be answered, with proof of work; else 0, as in C tor. */
  public long waiting() {
    return waiting;
  }

  /** What effort is suggested to visitors; 0 without proof of work. */
  public long suggestedEffort() {
    return suggestedEffort;
  }

  /** Descriptors that directories took. */
  public long uploads() {
    return uploads.sum();
  }

  /** Descriptors that directories did not take. */
  public long failedUploads() {
    return failedUploads.sum();
  }
}
