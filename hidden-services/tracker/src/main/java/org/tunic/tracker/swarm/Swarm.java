package org.tunic.tracker.swarm;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;

/**
 * The peers of one torrent.
 *
 * <p>They stand in ten groups, one for each list and for each answer to the question whether a peer
 * wants anything: so that the peers to hand out are picked without looking at the others. An index
 * finds a peer by its id; a small swarm has none and is looked through.
 *
 * <p>A place is a group and a position in it, in one number: {@code (group + 1) << 27 | position}.
 *
 * <p>Threads: guarded by the lock of the shard.
 */
final class Swarm {
  /** Peers of one swarm; what a place has bits for. */
  static final int MAX_PEERS = (1 << 27) - 1;

  private static final int POSITION_BITS = 27;
  private static final int NOWHERE = 0;
  private static final PeerAddress.Kind[] KINDS = PeerAddress.Kind.values();
  static final int GROUPS = KINDS.length * 2;

  /** From so many peers on there is an index. */
  private static final int INDEX_FROM = 16;

  private final SipHash hash;
  private final @Nullable PeerGroup[] groups = new PeerGroup[GROUPS];
  private int[] index = new int[0];
  private int peers;
  private int partials;
  private long downloaded;

  Swarm(SipHash hash) {
    this.hash = hash;
  }

  static int group(PeerAddress.Kind kind, boolean wantsNothing) {
    return kind.number() * 2 + (wantsNothing ? 0 : 1);
  }

  static PeerAddress.Kind kind(int group) {
    return KINDS[group / 2];
  }

  int peers() {
    return peers;
  }

  long downloaded() {
    return downloaded;
  }

  void downloaded(long value) {
    downloaded = value;
  }

  Counts counts() {
    int content = 0;
    int others = 0;
    for (int g = 0; g < GROUPS; g += 2) {
      content += count(g);
      others += count(g + 1);
    }
    return new Counts(content - partials, others + partials, others, downloaded);
  }

  private int count(int group) {
    PeerGroup peers = groups[group];
    return peers == null ? 0 : peers.count();
  }

  @Nullable PeerGroup group(int group) {
    return groups[group];
  }

  // ---- places

  /** Where a peer is, or {@link #NOWHERE}. */
  int find(PeerId id) {
    if (index.length == 0) {
      for (int g = 0; g < GROUPS; g++) {
        PeerGroup group = groups[g];
        for (int i = 0; group != null && i < group.count(); i++) {
          if (id.isAt(group.slab(), group.at(i))) {
            return place(g, i);
          }
        }
      }
      return NOWHERE;
    }
    int mask = index.length - 1;
    for (int slot = slot(id) & mask; index[slot] != NOWHERE; slot = slot + 1 & mask) {
      int place = index[slot];
      PeerGroup group = groupOf(place);
      if (id.isAt(group.slab(), group.at(positionOf(place)))) {
        return place;
      }
    }
    return NOWHERE;
  }

  private static int place(int group, int position) {
    return (group + 1) << POSITION_BITS | position;
  }

  private static int positionOf(int place) {
    return place & MAX_PEERS;
  }

  private static int groupNumber(int place) {
    return (place >>> POSITION_BITS) - 1;
  }

  private PeerGroup groupOf(int place) {
    PeerGroup group = groups[groupNumber(place)];
    if (group == null) {
      throw new IllegalStateException("the index names a group that is not there");
    }
    return group;
  }

  private int slot(PeerId id) {
    return (int) hash.of(id.high(), id.middle(), id.low());
  }

  private int slotOf(int place) {
    PeerGroup group = groupOf(place);
    return slot(PeerId.at(group.slab(), group.at(positionOf(place))));
  }

  private void insert(int place) {
    if (index.length == 0 && peers < INDEX_FROM) {
      return;
    }
    // At most three quarters full.
    if (peers >= index.length / 4 * 3) {
      reindex();
      return;
    }
    put(place);
  }

  private void put(int place) {
    int mask = index.length - 1;
    int slot = slotOf(place) & mask;
    while (index[slot] != NOWHERE) {
      slot = slot + 1 & mask;
    }
    index[slot] = place;
  }

  /** The index anew, of all peers, at most two thirds full. */
  private void reindex() {
    index = new int[Integer.highestOneBit(Math.max(INDEX_FROM, peers) * 3 / 2) * 2];
    for (int g = 0; g < GROUPS; g++) {
      for (int i = 0; i < count(g); i++) {
        put(place(g, i));
      }
    }
  }

  /** The slot that holds {@code place}; the peer must still be in it. */
  private int slotHolding(int place) {
    int mask = index.length - 1;
    int slot = slotOf(place) & mask;
    while (index[slot] != place) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Empties a slot and moves up those that its being taken had pushed on. */
  private void clear(int empty) {
    int mask = index.length - 1;
    for (int slot = empty + 1 & mask; index[slot] != NOWHERE; slot = slot + 1 & mask) {
      int home = slotOf(index[slot]) & mask;
      if ((slot - home & mask) >= (slot - empty & mask)) {
        index[empty] = index[slot];
        empty = slot;
      }
    }
    index[empty] = NOWHERE;
  }

  // ---- changes

  int keyHash(int place) {
    return groupOf(place).keyHash(positionOf(place));
  }

  /** Adds a peer that is not there. */
  void add(Announce announce, int keyHash, int seen) {
    int flags = announce.role() == Announce.Role.PARTIAL_SEED ? PeerGroup.PARTIAL : 0;
    append(announce, keyHash, seen, flags);
  }

  private void append(Announce announce, int keyHash, int seen, int flags) {
    int number = group(announce.address().kind(), announce.wantsNothing());
    append(number, announce.peer(), keyHash, seen, flags, announce.address());
  }

  private void append(
      int number, PeerId peer, int keyHash, int seen, int flags, PeerAddress address) {
    PeerGroup group = groups[number];
    if (group == null) {
      group = new PeerGroup(address.kind());
      groups[number] = group;
    }
    int position = group.add(peer, keyHash, seen, flags, address);
    peers++;
    if ((flags & PeerGroup.PARTIAL) != 0) {
      partials++;
    }
    insert(place(number, position));
  }

  // ---- peers of other trackers

  /** A peer that announced itself here. */
  Optional<Bytes> own(PeerId id) {
    int place = find(id);
    return place == NOWHERE || isForeign(groupOf(place), positionOf(place))
        ? Optional.empty()
        : Optional.of(PeerValue.of(groupNumber(place), groupOf(place), positionOf(place)));
  }

  private static boolean isForeign(PeerGroup group, int position) {
    return (group.flags(position) & PeerGroup.FOREIGN) != 0;
  }

  void visitOwn(Consumer<PeerId> visitor) {
    for (PeerGroup group : groups) {
      for (int i = 0; group != null && i < group.count(); i++) {
        if (!isForeign(group, i)) {
          visitor.accept(PeerId.at(group.slab(), group.at(i)));
        }
      }
    }
  }

  /** Whether there is nothing newer of this peer. */
  boolean isNewer(PeerId id, PeerValue value) {
    int place = find(id);
    return place == NOWHERE || groupOf(place).seen(positionOf(place)) - value.seen() < 0;
  }

  boolean dropForeign(PeerId id) {
    int place = find(id);
    return place != NOWHERE && isForeign(groupOf(place), positionOf(place)) && remove(id);
  }

  /** Whether it was there. */
  boolean remove(PeerId id) {
    int place = find(id);
    if (place != NOWHERE) {
      remove(place);
    }
    return place != NOWHERE;
  }

  /** Adds a peer that is not there. */
  void addForeign(PeerId id, PeerValue value) {
    append(
        value.group(),
        id,
        value.keyHash(),
        value.seen(),
        value.flags() | PeerGroup.FOREIGN,
        value.address());
  }

  /** Writes down what a known peer says now; counts a download that has just ended. */
  void update(int place, Announce announce, int seen) {
    int number = group(announce.address().kind(), announce.wantsNothing());
    PeerGroup group = groupOf(place);
    int position = positionOf(place);
    boolean wasLeecher = groupNumber(place) % 2 == 1;
    int flags = group.flags(position) & ~PeerGroup.FOREIGN;
    if (announce.event() == Announce.Event.COMPLETED
        && announce.role() == Announce.Role.SEED
        && wasLeecher
        && (flags & PeerGroup.COMPLETED) == 0) {
      downloaded++;
      flags |= PeerGroup.COMPLETED;
    }
    boolean partial = announce.role() == Announce.Role.PARTIAL_SEED;
    int newFlags = partial ? flags | PeerGroup.PARTIAL : flags & ~PeerGroup.PARTIAL;
    if (groupNumber(place) != number) {
      int keyHash = group.keyHash(position);
      remove(place);
      append(announce, keyHash, seen, newFlags);
      return;
    }
    boolean wasPartial = (group.flags(position) & PeerGroup.PARTIAL) != 0;
    if (wasPartial != partial) {
      partials += partial ? 1 : -1;
    }
    group.flags(position, newFlags);
    group.touch(position, seen);
    group.readdress(position, announce.address());
  }

  /** Takes a peer out. */
  void remove(int place) {
    int number = groupNumber(place);
    int position = positionOf(place);
    PeerGroup group = groupOf(place);
    if ((group.flags(position) & PeerGroup.PARTIAL) != 0) {
      partials--;
    }
    if (index.length > 0) {
      clear(slotHolding(place));
      int last = group.count() - 1;
      if (last != position) {
        index[slotHolding(place(number, last))] = place;
      }
    }
    group.remove(position);
    peers--;
    if (group.count() == 0) {
      groups[number] = null;
    }
    if (index.length > INDEX_FROM * 2 && peers < index.length / 8) {
      if (peers < INDEX_FROM / 2) {
        index = new int[0];
      } else {
        reindex();
      }
    }
  }

  /** Removes those not seen since {@code deadline}; returns how many. */
  int expire(int deadline) {
    int before = peers;
    for (int g = 0; g < GROUPS; g++) {
      for (int i = count(g) - 1; i >= 0; i--) {
        PeerGroup group = groups[g];
        if (group != null && group.seen(i) - deadline < 0) {
          remove(place(g, i));
        }
      }
    }
    return before - peers;
  }

  /** Takes entries of a snapshot into a group. */
  void restore(int number, byte[] entries, int count) {
    PeerGroup group = groups[number];
    if (group == null) {
      group = new PeerGroup(kind(number));
      groups[number] = group;
    }
    for (int i = 0; i < count; i++) {
      int flags = entries[i * group.entryBytes() + PeerGroup.FLAGS];
      if ((flags & PeerGroup.PARTIAL) != 0) {
        partials++;
      }
    }
    // An empty group has room for one.
    group.addAll(entries, count);
    peers += count;
    if (peers >= INDEX_FROM) {
      reindex();
    }
  }

  // ---- answers

  /**
   * Picks peers for an asker: seeds first for one that wants something, none of them for one that
   * does not.
   */
  PeerList pick(Announce asker, RandomGenerator random) {
    PeerList list = new PeerList(asker.numwant(), asker.withIds());
    if (asker.numwant() <= 0) {
      return list;
    }
    boolean onion = asker.list() == Announce.Wanted.ONION;
    int first = (onion ? PeerAddress.Kind.ONION : PeerAddress.Kind.IPV4).number() * 2;
    int content = count(first) + count(first + 2);
    int others = count(first + 1) + count(first + 3);
    int wanted = asker.numwant();
    if (!asker.wantsNothing()) {
      int lists = first / 2;
      int asking = asker.address().kind().number();
      boolean itself = asking == lists || asking == lists + 1;
      int leechers = Math.max(0, others - (itself ? 1 : 0));
      // Two thirds seeds: leechers must meet each other, too.
      int seeds = Math.max((int) ((wanted * 2L + 2) / 3), wanted - leechers);
      pick(list, asker, random, first, Math.min(content, seeds));
    }
    pick(list, asker, random, first + 1, list.wanted());
    return list;
  }

  /** From the group {@code first} and the one of the kind behind it. */
  private void pick(PeerList list, Announce asker, RandomGenerator random, int first, int most) {
    PeerAddress.Kind kind = kind(first);
    PeerAddress.Kind next = kind(first + 2);
    int share = most;
    if (!kind.isOnion()) {
      int all = count(first) + count(first + 2);
      share = all == 0 ? 0 : (int) (((long) most * count(first) + all - 1) / all);
    }
    int before = list.wanted();
    list.pick(groups[first], kind, share, asker.peer(), asker.address(), random);
    int picked = before - list.wanted();
    list.pick(groups[first + 2], next, most - picked, asker.peer(), asker.address(), random);
  }

  /** About how many bytes of heap this takes. */
  long heapBytes() {
    long bytes = 16 + 8 * 8 + GROUPS * 4L + 16 + index.length * 4L;
    for (PeerGroup group : groups) {
      bytes += group == null ? 0 : 24 + 16 + group.slab().length;
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "Swarm[" + peers + ", " + Arrays.stream(groups).filter(g -> g != null).count() + "]";
  }
}
