package org.tunic.index.store;

/**
 * How a torrent stands, after all that moderators did.
 *
 * <p>Threads: immutable.
 */
public enum Standing {
  /** Found by everybody. */
  LISTED,
  /** Not listed; whoever knows its address sees it, with the reason. */
  HIDDEN,
  /** Gone, and not served by the tracker. */
  REMOVED
}
