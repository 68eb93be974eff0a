package org.tunic.router.limits;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes a node's connections may read and write, all together: a bucket for everything and
 * one for what a relay carries for others, each way. A connection that finds one of them empty
 * waits; when there are bytes again those that wait go on in turn, as many as the bytes are for, so
 * that none is served twice before another.
 *
 * <p>Spec: tor-spec/flow-control#link-throttling
 *
 * <p>Threads: any; {@link #refill} and {@link #use} one at a time.
 */
public final class BandwidthLimits {
  /** From this rate on nothing is limited: C tor's default. Bytes a second. */
  public static final long UNLIMITED = 1L << 30;

  /** Bytes that a connection which goes on is expected to use. */
  static final int SHARE = 32 * 1024;

  /** How long after the bytes ran out answers are refused: C tor's, which counts in seconds. */
  static final long EMPTY_NANOS = 2_000_000_000L;

  /**
   * Bytes a second, and bytes at once.
   *
   * @param rate of everything
   * @param burst of everything
   * @param relayedRate of what is carried for others
   * @param relayedBurst of what is carried for others
   * @param connectionRate of each connection that is not with a relay
   * @param connectionBurst likewise
   * @param countPrivate whether connections with private addresses are limited too
   */
  public record Rates(
      long rate,
      long burst,
      long relayedRate,
      long relayedBurst,
      long connectionRate,
      long connectionBurst,
      boolean countPrivate) {
    /** Nothing is limited. */
    public static final Rates NONE =
        new Rates(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, false);

    boolean limits() {
      return rate < UNLIMITED || relayedRate < UNLIMITED;
    }
  }

  /** One direction. */
  private static final class Side {
    private final TokenBucket all = new TokenBucket(UNLIMITED, UNLIMITED);
    private final TokenBucket relayed = new TokenBucket(UNLIMITED, UNLIMITED);
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Runnable emptied;
    private final LongSupplier nanoClock;
    private volatile long emptiedNanos;

    Side(Runnable emptied, LongSupplier nanoClock) {
      this.emptied = emptied;
      this.nanoClock = nanoClock;
      this.emptiedNanos = nanoClock.getAsLong() - EMPTY_NANOS;
    }

    long level() {
      return Math.min(all.level(), relayed.level());
    }

    void spend(long bytes) {
      boolean allEmptied = all.spend(bytes);
      boolean relayedEmptied = relayed.spend(bytes);
      if (allEmptied || relayedEmptied) {
        emptiedNanos = nanoClock.getAsLong();
        emptied.run();
      }
    }

    void refill(long elapsedNanos) {
      all.refill(elapsedNanos);
      relayed.refill(elapsedNanos);
      for (long level = level(); level > 0; level -= SHARE) {
        @Nullable Runnable next = waiting.poll();
        if (next == null) {
          return;
        }
        next.run();
      }
    }

    void free() {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        next.run();
      }
    }
  }

  private final Side reading;
  private final Side writing;
  private final LongSupplier nanoClock;
  private volatile Rates rates = Rates.NONE;
  private long refilledNanos;

  /**
   * Without limits.
   *
   * @param counters told each time when there are no bytes left
   */
  public BandwidthLimits(TrafficCounters counters, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.refilledNanos = nanoClock.getAsLong();
    this.reading = new Side(counters::addReadLimit, nanoClock);
    this.writing = new Side(counters::addWriteLimit, nanoClock);
  }

  /** Other limits from now on. */
  public void use(Rates next) {
    Rates before = rates;
    if (next.equals(before)) {
      return;
    }
    for (Side side : new Side[] {reading, writing}) {
      side.all.set(next.rate(), next.burst());
      side.relayed.set(next.relayedRate(), next.relayedBurst());
      // Only what is above a burst is cut, so that a reload gives nothing away.
      side.all.refill(0);
      side.relayed.refill(0);
    }
    rates = next;
    if (!next.limits()) {
      reading.free();
      writing.free();
    }
  }

  /** The limits in force. */
  public Rates rates() {
    return rates;
  }

  /** Whether a connection shares the limits. */
  public boolean apply(boolean privateAddress) {
    Rates current = rates;
    return current.limits() && (!privateAddress || current.countPrivate());
  }

  /** Fills the buckets for the time since the last call, and lets connections go on. */
  public void refill() {
    long now = nanoClock.getAsLong();
    long elapsed = now - refilledNanos;
    refilledNanos = now;
    if (rates.limits()) {
      reading.refill(elapsed);
      writing.refill(elapsed);
    }
  }

  /** Whether bytes may be read. */
  public boolean mayRead() {
    return reading.level() > 0;
  }

  /** Whether bytes may be written. */
  public boolean mayWrite() {
    return writing.level() > 0;
  }

  /**
   * Takes the bytes of an answer that may as well be refused, if they are there and have not run
   * out lately.
   *
   * @param privateAddress whether the asker has a private address
   * @return false: refuse; nothing was taken
   */
  public boolean takeToWrite(boolean privateAddress, long bytes) {
    if (!apply(privateAddress)) {
      return true;
    }
    if (writing.level() < bytes || nanoClock.getAsLong() - writing.emptiedNanos < EMPTY_NANOS) {
      return false;
    }
    writing.spend(bytes);
    return true;
  }

  /** Bytes were read. */
  public void wasRead(long bytes) {
    reading.spend(bytes);
  }

  /** Bytes were written. */
  public void wasWritten(long bytes) {
    writing.spend(bytes);
  }

  /**
   * Waits its turn to read.
   *
   * @param resume called once, from any thread
   */
  public void waitToRead(Runnable resume) {
    reading.waiting.add(resume);
  }

  /** Waits its turn to write. */
  public void waitToWrite(Runnable resume) {
    writing.waiting.add(resume);
  }
}
