package org.tunic.tracker;

import java.time.Duration;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;

/**
 * What a tracker is like.
 *
 * <p>Threads: immutable.
 *
 * @param policy whose addresses are handed out
 * @param unsigned what is done with onion addresses that their owners did not sign for
 * @param interval between two announces of a peer; a tenth more or less by its id, so that they do
 *     not come all at once
 * @param peerTtl after how long without an announce a peer is forgotten
 * @param rate requests a second that one visitor may make for long; 0 for any number
 * @param burst requests that one visitor may make at once
 * @param peersOfVisitor new peers that one visitor may bring
 */
public record TrackerSettings(
    Policy policy,
    Unsigned unsigned,
    Duration interval,
    Duration peerTtl,
    int rate,
    int burst,
    int peersOfVisitor) {
  /** Peers of an answer unless a client says how many it wants. */
  public static final int DEFAULT_NUMWANT = 50;

  /** Peers of an answer. */
  public static final int MAX_NUMWANT = 200;

  /** Torrents of a page of a full scrape. */
  public static final int SCRAPE_PAGE = 1000;

  /** For a tracker of onion peers. */
  public static final TrackerSettings DEFAULT =
      new TrackerSettings(
          Policy.ONION,
          Unsigned.DROP,
          Duration.ofMinutes(30),
          Duration.ofMinutes(45),
          20,
          2000,
          10_000);

  /** The same with another interval, and peers forgotten after one and a half. */
  public TrackerSettings withInterval(Duration newInterval) {
    return new TrackerSettings(
        policy,
        unsigned,
        newInterval,
        newInterval.multipliedBy(3).dividedBy(2),
        rate,
        burst,
        peersOfVisitor);
  }

  /** The same with other rules for addresses. */
  public TrackerSettings with(Policy newPolicy, Unsigned newUnsigned) {
    return new TrackerSettings(
        newPolicy, newUnsigned, interval, peerTtl, rate, burst, peersOfVisitor);
  }
}
