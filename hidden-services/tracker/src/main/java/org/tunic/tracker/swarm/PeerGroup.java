package org.tunic.tracker.swarm;

import java.util.Arrays;

/**
 * Peers of one swarm that stand in the same list, without gaps, in one array:
 *
 * <pre>
 * peer id 20 | key hash 4 | seen 4 | flags 1 | address, as long as the kind says | port 2 if there is an address
 * </pre>
 *
 * <p>29 bytes for a peer in no list, 35 for IPv4, 47 for IPv6, 63 for an onion address.
 *
 * <p>Threads: guarded by the lock of the shard.
 */
final class PeerGroup {
  static final int KEY_HASH = PeerId.LENGTH;
  static final int SEEN = KEY_HASH + 4;
  static final int FLAGS = SEEN + 4;
  static final int ADDRESS = FLAGS + 1;

  /** The peer has finished while we knew it; it is not counted again. */
  static final int COMPLETED = 1;

  /** A partial seed: incomplete, and content with it. */
  static final int PARTIAL = 2;

  /** Known by the word of another tracker that shares the swarm. */
  static final int FOREIGN = 4;

  private static final int DOUBLES_UP_TO = 64;

  private final int entryBytes;
  private final int addressBytes;
  private byte[] slab;
  private int count;

  PeerGroup(PeerAddress.Kind kind) {
    this.addressBytes = kind.addressBytes();
    this.entryBytes = entryBytes(kind);
    this.slab = new byte[entryBytes];
  }

  static int entryBytes(PeerAddress.Kind kind) {
    return ADDRESS + (kind.addressBytes() == 0 ? 0 : kind.addressBytes() + 2);
  }

  int count() {
    return count;
  }

  byte[] slab() {
    return slab;
  }

  int entryBytes() {
    return entryBytes;
  }

  /** Where an entry begins in the array. */
  int at(int position) {
    return position * entryBytes;
  }

  /** Appends an entry; returns its position. */
  int add(PeerId id, int keyHash, int seen, int flags, PeerAddress address) {
    if (at(count + 1) > slab.length) {
      slab = Arrays.copyOf(slab, at(count < DOUBLES_UP_TO ? count * 2 : count + count / 8));
    }
    int at = at(count);
    id.copyTo(slab, at);
    InfoHash.U32.set(slab, at + KEY_HASH, keyHash);
    slab[at + FLAGS] = (byte) flags;
    touch(count, seen);
    readdress(count, address);
    return count++;
  }

  /** Appends entries as they are. */
  void addAll(byte[] entries, int number) {
    slab = Arrays.copyOf(slab, at(count + number));
    System.arraycopy(entries, 0, slab, at(count), number * entryBytes);
    count += number;
  }

  /** Takes an entry out; the last one, if it is another, moves into its place. */
  void remove(int position) {
    count--;
    System.arraycopy(slab, at(count), slab, at(position), entryBytes);
    if (count > DOUBLES_UP_TO && at(count) < slab.length / 2) {
      slab = Arrays.copyOf(slab, at(count + count / 4));
    }
  }

  void touch(int position, int seen) {
    InfoHash.U32.set(slab, at(position) + SEEN, seen);
  }

  void readdress(int position, PeerAddress address) {
    if (addressBytes > 0) {
      int at = at(position) + ADDRESS;
      address.address().copyTo(slab, at);
      slab[at + addressBytes] = (byte) (address.port() >>> 8);
      slab[at + addressBytes + 1] = (byte) address.port();
    }
  }

  int seen(int position) {
    return (int) InfoHash.U32.get(slab, at(position) + SEEN);
  }

  int keyHash(int position) {
    return (int) InfoHash.U32.get(slab, at(position) + KEY_HASH);
  }

  int flags(int position) {
    return slab[at(position) + FLAGS];
  }

  void flags(int position, int flags) {
    slab[at(position) + FLAGS] = (byte) flags;
  }
}
