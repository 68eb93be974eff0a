package org.tunic.directory.authority.flags;

/**
 * What a relay's reachability so far amounts to.
 *
 * @param weightedUptime fraction of the time it was reachable, 0 to 1, older time counting less
 * @param timeKnown seconds it was watched, older time counting less
 * @param meanTimeBetweenFailures seconds, older runs counting less
 * @param uptime seconds of the run it is in; 0 if it is down
 *     <p>Spec: dir-spec/assigning-flags-vote. Threads: immutable.
 */
public record Stability(
    double weightedUptime, long timeKnown, double meanTimeBetweenFailures, long uptime) {
  /** Of a relay never tested. */
  public static final Stability UNKNOWN = new Stability(0, 0, 0, 0);
}
