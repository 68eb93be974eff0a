package org.tunic.onion.host;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the services of a host did, in numbers that tell nothing of whom.
 *
 * <p>Threads: any.
 */
public final class HsCounters {
  private final LongAdder introductions = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder met = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder uploads = new LongAdder();
  private final LongAdder failedUploads = new LongAdder();

  void introduced() {
    introductions.increment();
  }

  void refused() {
    refused.increment();
  }

  void dropped(int number) {
    dropped.add(number);
  }

  void met(boolean done) {
    (done ? met : failed).increment();
  }

  void uploaded(boolean stored) {
    (stored ? uploads : failedUploads).increment();
  }

  /** INTRODUCE2 messages that came. */
  public long introductions() {
    return introductions.sum();
  }

  /** Those that were replayed, malformed or not sealed to a service of ours. */
  public long refusedIntroductions() {
    return refused.sum();
  }

  /** Those for which there was no room, or no time. */
  public long droppedIntroductions() {
    return dropped.sum();
  }

  /** Visitors met. */
  public long meetings() {
    return met.sum();
  }

  /** Rendezvous points that could not be reached. */
  public long failedMeetings() {
    return failed.sum();
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
