package org.tunic.tracker.swarm;

import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;

/**
 * What is known of a peer besides its id, as trackers that share a swarm tell it each other:
 *
 * <pre>
 * group u8 | key hash 4 | seen u32 | flags u8 | address, as long as the group says | port u16 if there is an address
 * </pre>
 *
 * <p>10 to 44 bytes. The group says in which list the peer stands and, if it is odd, that it wants
 * something.
 *
 * <p>Threads: immutable.
 */
public record PeerValue(int group, int keyHash, int seen, int flags, PeerAddress address) {
  private static final int KEY_HASH = 1;
  private static final int SEEN = KEY_HASH + 4;
  private static final int FLAGS = SEEN + 4;
  private static final int ADDRESS = FLAGS + 1;
  private static final int PORT_BYTES = 2;

  static Bytes of(int number, PeerGroup group, int position) {
    int tail = group.entryBytes() - PeerId.LENGTH;
    byte[] value = new byte[1 + tail];
    value[0] = (byte) number;
    System.arraycopy(group.slab(), group.at(position) + PeerId.LENGTH, value, 1, tail);
    return Bytes.copyOf(value);
  }

  /** Reads one; empty if it is none. */
  public static Optional<PeerValue> read(byte[] value) {
    int number = value.length < ADDRESS ? Swarm.GROUPS : value[0] & 0xff;
    if (number >= Swarm.GROUPS) {
      return Optional.empty();
    }
    PeerAddress.Kind kind = Swarm.kind(number);
    int addressBytes = kind.addressBytes();
    if (value.length != ADDRESS + addressBytes + (addressBytes == 0 ? 0 : PORT_BYTES)) {
      return Optional.empty();
    }
    PeerAddress address = PeerAddress.NONE;
    if (addressBytes > 0) {
      int at = ADDRESS + addressBytes;
      int port = (value[at] & 0xff) << 8 | (value[at + 1] & 0xff);
      if (port == 0) {
        return Optional.empty();
      }
      address = new PeerAddress(kind, Bytes.copyOf(value, ADDRESS, addressBytes), port);
    }
    return Optional.of(
        new PeerValue(
            number,
            (int) InfoHash.U32.get(value, KEY_HASH),
            (int) InfoHash.U32.get(value, SEEN),
            value[FLAGS] & (PeerGroup.COMPLETED | PeerGroup.PARTIAL),
            address));
  }
}
