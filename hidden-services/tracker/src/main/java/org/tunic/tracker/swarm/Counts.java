package org.tunic.tracker.swarm;

/**
 * How large a swarm is.
 *
 * <p>Spec: BEP 48, BEP 21. Threads: immutable.
 *
 * @param complete seeds
 * @param incomplete all others, partial seeds included
 * @param downloaders those of the others that want more
 * @param downloaded how often a peer became a seed
 */
public record Counts(int complete, int incomplete, int downloaders, long downloaded) {
  /** Of a swarm that nobody knows. */
  public static final Counts NONE = new Counts(0, 0, 0, 0);
}
