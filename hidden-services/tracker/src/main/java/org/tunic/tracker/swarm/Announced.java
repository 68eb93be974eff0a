package org.tunic.tracker.swarm;

/**
 * What came of an announce.
 *
 * <p>Threads: immutable, if nobody writes on the list.
 */
public sealed interface Announced {
  /**
   * It was taken.
   *
   * @param keeping what the store did with the peer
   * @param counts of the swarm, the asker included
   * @param peers for it
   */
  record Taken(Keeping keeping, Counts counts, PeerList peers) implements Announced {}

  /** The peer is known by another key: somebody took its name. Nothing has changed. */
  record WrongKey() implements Announced {}

  /** What the store did with a peer. */
  enum Keeping {
    /** It was known and still is. */
    KNOWN,
    /** It is known from now on. */
    ADDED,
    /** It has left, or was never there. */
    REMOVED,
    /** It is new, as is its torrent, and there is no room for torrents. */
    NO_ROOM_FOR_TORRENT,
    /** It is new and there is no room for peers. */
    NO_ROOM_FOR_PEER,
    /** It is new and there is no room in its swarm. */
    NO_ROOM_IN_SWARM,
    /** It is new and its visitor may bring no more. */
    NOT_ALLOWED
  }
}
