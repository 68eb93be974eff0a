package org.tunic.tracker.swarm;

import org.tunic.crypto.bytes.Bytes;

/**
 * What a peer says of itself, judged: its address may be handed out.
 *
 * <p>Spec: BEP 3, BEP 21. Threads: immutable.
 *
 * @param key what only this peer knows, as long as it likes; empty if it has none
 * @param mayBeNew whether the visitor may add a peer that is not known; else such a one is answered
 *     and not kept
 * @param list which peers it wants to hear of
 * @param numwant how many, at most
 * @param withIds whether their ids are wanted
 */
public record Announce(
    InfoHash torrent,
    PeerId peer,
    Bytes key,
    Role role,
    Event event,
    PeerAddress address,
    boolean mayBeNew,
    Wanted list,
    int numwant,
    boolean withIds) {
  /** How much of the torrent a peer has and wants. */
  public enum Role {
    /** It wants more. */
    LEECHER,
    /** It has all. */
    SEED,
    /** It has a part and wants no more. */
    PARTIAL_SEED
  }

  /** Why it announces itself. */
  public enum Event {
    /** To be remembered. */
    REGULAR,
    /** It begins. */
    STARTED,
    /** It leaves. */
    STOPPED,
    /** It has just become a seed. */
    COMPLETED
  }

  /** Lists never mix. */
  public enum Wanted {
    /** IPv4 and IPv6 addresses. */
    IP,
    /** Onion addresses. */
    ONION
  }

  boolean wantsNothing() {
    return role != Role.LEECHER;
  }
}
